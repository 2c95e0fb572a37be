// Tests of the router: configured channels, threads under them, and nothing else.
#include "chat/router.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::chat::Router;

namespace {

constexpr UserId kSelf{42};

std::vector<chat::Project> two_projects() {
  chat::Project one, two;
  one.name = "one";
  one.channels = {ChannelId{100}, ChannelId{101}};
  two.name = "two";
  two.channels = {ChannelId{200}};
  return {one, two};
}

discord::Message mention_in(std::uint64_t channel) {
  discord::Message message;
  message.author.id = UserId{7};
  message.channel = ChannelId{channel};
  message.mentions = {kSelf};
  return message;
}

discord::ChannelSeen thread(std::uint64_t id, std::uint64_t parent) {
  return {ChannelId{id}, std::nullopt, ChannelId{parent}, true, "a thread"};
}

}  // namespace

TEST_GROUP(Router) {
  std::vector<chat::Project> projects = two_projects();
  Router router{projects};

  std::string project_for(std::uint64_t channel) {
    auto verdict = router.route(mention_in(channel), kSelf);
    if (auto* routed = std::get_if<Router::Routed>(&verdict)) return routed->project->name;
    return std::holds_alternative<Router::Unknown>(verdict) ? "unknown" : "ignored";
  }
};

TEST(Router, EachChannelBelongsToItsProject) {
  STRCMP_EQUAL("one", project_for(100).c_str());
  STRCMP_EQUAL("one", project_for(101).c_str());
  STRCMP_EQUAL("two", project_for(200).c_str());
  STRCMP_EQUAL("unknown", project_for(300).c_str());
}

TEST(Router, WithoutAMentionNothingIsRouted) {
  discord::Message message = mention_in(100);
  message.mentions.clear();
  CHECK_TRUE(std::holds_alternative<Router::Ignored>(router.route(message, kSelf)));
}

TEST(Router, AThreadHasItsParentsProjectUntilItIsGone) {
  STRCMP_EQUAL("unknown", project_for(555).c_str());
  router.seen(thread(555, 200));
  STRCMP_EQUAL("two", project_for(555).c_str());
  router.gone(ChannelId{555});
  STRCMP_EQUAL("unknown", project_for(555).c_str());
}

TEST(Router, AThreadElsewhereAndAChannelInACategoryStayUnknown) {
  router.seen(thread(555, 999));
  discord::ChannelSeen in_category{ChannelId{556}, std::nullopt, ChannelId{100}, false, "not a thread"};
  router.seen(in_category);
  STRCMP_EQUAL("unknown", project_for(555).c_str());
  STRCMP_EQUAL("unknown", project_for(556).c_str());
}

TEST(Router, AChannelsServerIsKnownOnceItWasToldAndItsThreadsHaveIt) {
  router.seen({ChannelId{200}, GuildId{9}, std::nullopt, false, "general"});
  router.belongs(ChannelId{999}, GuildId{9});
  router.seen(thread(555, 200));
  CHECK_TRUE(router.guild_of(ChannelId{200}) == GuildId{9});
  CHECK_TRUE(router.guild_of(ChannelId{555}) == GuildId{9});
  CHECK_FALSE(router.guild_of(ChannelId{100}).has_value());
  CHECK_FALSE(router.guild_of(ChannelId{999}).has_value());
  CHECK_TRUE(router.serves(GuildId{9}));
  CHECK_FALSE(router.serves(GuildId{8}));
}

TEST(Router, WhatIsNewsOfAServerIsToldOnceAndWhatIsMissingIsKnown) {
  CHECK_TRUE(router.unplaced() == (std::vector<ChannelId>{ChannelId{100}, ChannelId{101}, ChannelId{200}}));
  CHECK_TRUE(router.belongs(ChannelId{200}, GuildId{9}) == ChannelId{200});
  CHECK_FALSE(router.belongs(ChannelId{200}, GuildId{9}).has_value());
  router.seen(thread(555, 200));
  CHECK_TRUE(router.belongs(ChannelId{555}, GuildId{8}) == ChannelId{200});
  CHECK_TRUE(router.unplaced() == (std::vector<ChannelId>{ChannelId{100}, ChannelId{101}}));
}

TEST(Router, AChannelAndItsThreadsAreOnePlace) {
  router.seen(thread(555, 200));
  CHECK_TRUE(router.same_place(ChannelId{555}, ChannelId{200}));
  CHECK_FALSE(router.same_place(ChannelId{100}, ChannelId{200}));
}

TEST(Router, OtherProjectsTakeThePlaceOfTheseAndForgottenChannelsTakeTheirThreadsAlong) {
  router.seen(thread(555, 200));
  router.seen(thread(556, 100));
  projects[1].channels = {ChannelId{100}};
  projects.erase(projects.begin());
  router.configure(projects);
  STRCMP_EQUAL("two", project_for(100).c_str());
  STRCMP_EQUAL("two", project_for(556).c_str());
  STRCMP_EQUAL("unknown", project_for(555).c_str());
  POINTERS_EQUAL(nullptr, router.project_named("one"));
}
