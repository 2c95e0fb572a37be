// Tests of one use of a command: what Discord is told in which state, with time by hand.
#include "command/invocation.h"

#include <string>

#include "command/desk_trace.h"
#include "coordinator/plugin.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;
using namespace coordinator::command::testing;

namespace {

Interaction interaction_of(Kind kind, bool carried, bool whispered) {
  Interaction interaction;
  interaction.id = InteractionId{500};
  interaction.application = ApplicationId{6};
  interaction.token = "token";
  interaction.channel = ChannelId{10};
  interaction.kind = kind;
  if (carried) interaction.message = MessageId{42};
  interaction.message_is_ephemeral = whispered;
  return interaction;
}

Json words(const char* content) { return Json::object().set("content", content); }

discord::RestError refused(int code) {
  discord::RestError error;
  error.kind = discord::RestError::Kind::refused;
  error.status = 404;
  error.code = code;
  error.message = "no";
  return error;
}

}  // namespace

TEST_GROUP(Invocation) {
  Instant start{1h};
  Instant now = start;
  Opening opening{false, "reset, /reset", 0ms};
  Invocation call{interaction_of(Kind::command, false, false), opening, start};

  void use(Kind kind, bool carried = false, bool whispered = false) {
    call = Invocation(interaction_of(kind, carried, whispered), opening, start);
  }
  void by_default_ephemeral() {
    opening.ephemeral = true;
    call = Invocation(interaction_of(Kind::command, false, false), opening, start);
  }
  std::string asked(Invocation::Asked how) {
    return how ? told(*how) : "refused(" + std::to_string(how.error().result) + ")";
  }
  std::string respond(const char* content, bool ephemeral = false) {
    return asked(call.respond(words(content), ephemeral, now));
  }
  std::string edit(const char* content) { return asked(call.edit(words(content), false, now)); }
  std::string follow_up(const char* content, bool ephemeral = false) {
    return asked(call.follow_up(words(content), ephemeral, now));
  }
  std::string later(Millis by) {
    now += by;
    return told(call.tick(now));
  }
  std::string landed(std::uint64_t message = 0) {
    std::optional<MessageId> id;
    if (message != 0) id = MessageId{message};
    return told(call.said({InteractionId{500}, id}, now));
  }
  std::string failed(int code) {
    return told(call.said({InteractionId{500}, tl::unexpected(refused(code))}, now));
  }
  std::string failed(discord::RestError::Kind kind) {
    discord::RestError error;
    error.kind = kind;
    return told(call.said({InteractionId{500}, tl::unexpected(error)}, now));
  }
};

TEST(Invocation, AQuickAnswerIsTheFirst) {
  STRCMP_EQUAL("callback(4 \"done\")", respond("done").c_str());
  CHECK(call.answered());
  CHECK(!call.next_deadline());
  STRCMP_EQUAL("", landed().c_str());
  STRCMP_EQUAL("", told(call.close("silent", now)).c_str());
  CHECK(call.finished());
}

TEST(Invocation, TheFirstAnswerSaysUntilWhenItIsOfUse) {
  auto effects = call.respond(words("x"), false, now);
  const auto& say = std::get<Say>(effects->acts.front());
  CHECK(say.until == start + 3s);
  STRCMP_EQUAL("token", say.token.c_str());
}

TEST(Invocation, AWhisperCarriesTheFlag) {
  STRCMP_EQUAL("callback(4 \"psst\" whispered)", respond("psst", true).c_str());
}

TEST(Invocation, IsDeferredByItselfAfterTwoSeconds) {
  CHECK(call.next_deadline() == start + 2s);
  STRCMP_EQUAL("", later(1999ms).c_str());
  STRCMP_EQUAL("callback(5)", later(1ms).c_str());
  CHECK(!call.answered());
  STRCMP_EQUAL("", later(1s).c_str());
}

TEST(Invocation, WhatCameLateIsDeferredSooner) {
  opening.age = 1500ms;
  use(Kind::command);
  STRCMP_EQUAL("", later(499ms).c_str());
  STRCMP_EQUAL("callback(5)", later(1ms).c_str());
  opening.age = -1h;  // a clock is wrong
  use(Kind::command);
  CHECK(call.next_deadline() == start + 2s);
}

TEST(Invocation, IsDeferredAsItsCommandSays) {
  by_default_ephemeral();
  STRCMP_EQUAL("callback(5 whispered)", later(2s).c_str());
}

TEST(Invocation, TheAnswerAfterThinkingTakesItsPlaceWhenTheCallbackHasArrived) {
  later(2s);
  STRCMP_EQUAL("", respond("done").c_str());
  STRCMP_EQUAL("edit_answer(\"done\")", landed().c_str());
  STRCMP_EQUAL("", landed(70).c_str());
}

TEST(Invocation, AnAnswerForOtherEyesThanThinkingReplacesIt) {
  later(2s);
  landed();
  STRCMP_EQUAL("delete_answer()", respond("psst", true).c_str());
  STRCMP_EQUAL("follow_up(\"psst\" whispered)", landed().c_str());
  STRCMP_EQUAL("", edit("psst!").c_str());
  STRCMP_EQUAL("edit_follow_up(77 \"psst!\")", landed(77).c_str());
}

TEST(Invocation, APublicAnswerReplacesWhisperedThinking) {
  by_default_ephemeral();
  later(2s);
  landed();
  STRCMP_EQUAL("delete_answer()", respond("all see it").c_str());
  STRCMP_EQUAL("follow_up(\"all see it\")", landed().c_str());
}

TEST(Invocation, ThinkingThatSomebodyDeletedDoesNotLoseTheAnswer) {
  later(2s);
  landed();
  respond("psst", true);
  STRCMP_EQUAL("follow_up(\"psst\" whispered)", failed(10008).c_str());

  use(Kind::command);
  now = start;
  later(2s);
  landed();
  STRCMP_EQUAL("edit_answer(\"done\")", respond("done").c_str());
  STRCMP_EQUAL("follow_up(\"done\")", failed(10008).c_str());
  STRCMP_EQUAL("", edit("more").c_str());
  STRCMP_EQUAL("edit_follow_up(78 \"more\")", landed(78).c_str());
}

TEST(Invocation, ThePluginDefersEarlierAndASecondTimeIsNoMatter) {
  STRCMP_EQUAL("callback(5 whispered)", asked(call.defer(true, now)).c_str());
  STRCMP_EQUAL("", asked(call.defer(true, now)).c_str());
  STRCMP_EQUAL("", later(2s).c_str());
  landed();
  STRCMP_EQUAL("edit_answer(\"psst\")", respond("psst", true).c_str());
  STRCMP_EQUAL("refused(-2)", asked(call.defer(true, now)).c_str());
}

TEST(Invocation, OneAnswerOnlyThenEditsAndFurtherMessagesOneByOne) {
  respond("one");
  STRCMP_EQUAL("refused(-2)", respond("two").c_str());
  STRCMP_EQUAL("", follow_up("two").c_str());
  STRCMP_EQUAL("", edit("one!").c_str());
  STRCMP_EQUAL("follow_up(\"two\")", landed().c_str());
  STRCMP_EQUAL("edit_answer(\"one!\")", landed(71).c_str());
  STRCMP_EQUAL("", landed(72).c_str());
}

TEST(Invocation, ChangesThatWaitBecomeOne) {
  respond("1");
  edit("2");
  call.edit(Json::object().set("components", Json::array()), false, now);
  edit("3");
  STRCMP_EQUAL("edit_answer(\"3\" components:0)", landed().c_str());
  STRCMP_EQUAL("", landed().c_str());
}

TEST(Invocation, WhatWaitsHasACap) {
  respond("first");
  for (std::size_t i = 1; i < Invocation::kSteps; ++i) STRCMP_EQUAL("", follow_up("more").c_str());
  STRCMP_EQUAL("refused(-5)", follow_up("too much").c_str());
}

TEST(Invocation, AnEditOrAFollowUpWithoutAnAnswerIsTheAnswer) {
  STRCMP_EQUAL("callback(4 \"a\")", edit("a").c_str());
  use(Kind::command);
  STRCMP_EQUAL("callback(4 \"b\" whispered)", follow_up("b", true).c_str());
}

TEST(Invocation, AComponentCanChangeTheMessageThatCarriesIt) {
  use(Kind::component, true);
  STRCMP_EQUAL("callback(7 \"pressed\")", edit("pressed").c_str());
  CHECK(call.answered());
  STRCMP_EQUAL("", edit("twice").c_str());
  STRCMP_EQUAL("edit_answer(\"twice\")", landed().c_str());
  STRCMP_EQUAL("", respond("and said").c_str());
  STRCMP_EQUAL("follow_up(\"and said\")", landed().c_str());
  edit("said!");
  STRCMP_EQUAL("edit_follow_up(79 \"said!\")", landed(79).c_str());
}

TEST(Invocation, AComponentIsTakenUpByItselfAndBothWaysStayOpen) {
  use(Kind::component, true);
  STRCMP_EQUAL("callback(6)", later(2s).c_str());
  landed();
  STRCMP_EQUAL("edit_answer(\"pressed\")", edit("pressed").c_str());
  landed(42);
  STRCMP_EQUAL("follow_up(\"psst\" whispered)", respond("psst", true).c_str());
}

TEST(Invocation, AComponentCanBeAnsweredByAMessage) {
  use(Kind::component, true);
  STRCMP_EQUAL("callback(4 \"hello\")", respond("hello").c_str());
  edit("hello!");
  STRCMP_EQUAL("edit_answer(\"hello!\")", landed().c_str());
}

TEST(Invocation, AModalMustBeTheFirstAnswer) {
  auto form = [] { return Json::object().set("title", "A form"); };
  STRCMP_EQUAL("callback(9 title:\"A form\")", asked(call.modal(form(), now)).c_str());
  STRCMP_EQUAL("refused(-2)", respond("too").c_str());
  use(Kind::command);
  later(2s);
  STRCMP_EQUAL("refused(-2)", asked(call.modal(form(), now)).c_str());
  use(Kind::modal);
  STRCMP_EQUAL("refused(-2)", asked(call.modal(form(), now)).c_str());
}

TEST(Invocation, AFormBehindAButtonCanChangeItsMessage) {
  use(Kind::modal, true);
  STRCMP_EQUAL("callback(7 \"saved\")", edit("saved").c_str());
}

TEST(Invocation, WhatIsTypedTakesChoicesOnlyAndInTime) {
  use(Kind::autocomplete);
  STRCMP_EQUAL("refused(-2)", respond("no").c_str());
  STRCMP_EQUAL("refused(-2)", asked(call.defer(false, now)).c_str());
  STRCMP_EQUAL("", later(2s).c_str());
  STRCMP_EQUAL("callback(8 choices:1)", asked(call.choices(Json::array().push(Json::object()), now)).c_str());
  STRCMP_EQUAL("refused(-1)", asked(call.choices(Json::array(), now)).c_str());

  use(Kind::autocomplete);
  now = start;
  STRCMP_EQUAL("", later(3s).c_str());
  STRCMP_EQUAL("refused(-1)", asked(call.choices(Json::array(), now)).c_str());
  STRCMP_EQUAL("", told(call.close("sorry", now)).c_str());
  CHECK(call.finished());
}

TEST(Invocation, WhatIsTypedAndNotAnsweredGetsNoChoices) {
  use(Kind::autocomplete);
  STRCMP_EQUAL("callback(8 choices:0)", told(call.close("sorry", now)).c_str());
  STRCMP_EQUAL("", failed(10062).c_str());
  CHECK(call.finished());
}

TEST(Invocation, ChoicesAnswerNothingElse) {
  STRCMP_EQUAL("refused(-2)", asked(call.choices(Json::array(), now)).c_str());
}

TEST(Invocation, AnUnansweredOneIsClosedWithASentence) {
  STRCMP_EQUAL("callback(4 \"sorry\" whispered)", told(call.close("sorry", now)).c_str());
  CHECK(!call.finished());
  STRCMP_EQUAL("refused(-1)", respond("late").c_str());
  landed();
  CHECK(call.finished());
}

TEST(Invocation, AThinkingOneIsClosedInItsPlace) {
  later(2s);
  landed();
  STRCMP_EQUAL("edit_answer(\"sorry\")", told(call.close("sorry", now)).c_str());
}

TEST(Invocation, ATakenUpComponentIsClosedByAWhisper) {
  use(Kind::component, true);
  later(2s);
  landed();
  STRCMP_EQUAL("follow_up(\"sorry\" whispered)", told(call.close("sorry", now)).c_str());
}

TEST(Invocation, AfterFifteenMinutesWhatIsSaidGoesToTheChannel) {
  later(2s);
  landed();
  now = start + 15min;
  STRCMP_EQUAL("post(\"late\" nonce:i500-0)", respond("late").c_str());
  STRCMP_EQUAL("", edit("later").c_str());
  STRCMP_EQUAL("edit_post(90 \"later\")", landed(90).c_str());
  STRCMP_EQUAL("", landed(90).c_str());
  STRCMP_EQUAL("post(\"more\" nonce:i500-1)", follow_up("more").c_str());
}

TEST(Invocation, WhatCameLateLosesItsTokenEarlier) {
  opening.age = 2s;
  use(Kind::command);
  later(2s);
  landed();
  now = start + 15min - 7s;
  STRCMP_EQUAL("post(\"late\" nonce:i500-0)", respond("late").c_str());
}

TEST(Invocation, AfterFifteenMinutesAWhisperIsLeftOut) {
  later(2s);
  landed();
  now = start + 15min;
  auto effects = call.respond(words("psst"), true, now);
  STRCMP_EQUAL("", told(*effects).c_str());
  STRCMP_CONTAINS("left out", logged(*effects).c_str());
  CHECK(call.quiet());
}

TEST(Invocation, AfterFifteenMinutesWhatShowsNothingIsLeftOut) {
  respond("a");
  landed();
  now = start + 16min;
  auto effects = call.edit(Json::object().set("components", Json::array()), false, now);
  STRCMP_EQUAL("", told(*effects).c_str());
}

TEST(Invocation, AfterFifteenMinutesAMessageWithButtonsIsStillChanged) {
  use(Kind::component, true);
  later(2s);
  landed();
  now = start + 16min;
  STRCMP_EQUAL("edit_post(42 \"done\")", edit("done").c_str());
}

TEST(Invocation, ATokenThatDiscordForgotIsOver) {
  respond("a");
  landed();
  follow_up("b");
  STRCMP_EQUAL("post(\"b\" nonce:i500-0)", failed(50027).c_str());
  landed(91);
  STRCMP_EQUAL("post(\"c\" nonce:i500-1)", follow_up("c").c_str());
}

TEST(Invocation, AnUnknownWebhookToo) {
  later(2s);
  landed();
  respond("a");
  STRCMP_EQUAL("post(\"a\" nonce:i500-0)", failed(10015).c_str());
}

TEST(Invocation, AFirstAnswerThatCameTooLateGoesToTheChannel) {
  respond("a");
  STRCMP_EQUAL("post(\"a\" nonce:i500-0)", failed(10062).c_str());
  use(Kind::command);
  respond("b", true);
  STRCMP_EQUAL("", failed(10062).c_str());
  CHECK(call.quiet());
  use(Kind::component, true);
  edit("c");
  STRCMP_EQUAL("edit_post(42 \"c\")", failed(discord::RestError::Kind::expired).c_str());
}

TEST(Invocation, TwiceAcknowledgedIsAcknowledged) {
  respond("a");
  follow_up("b");
  STRCMP_EQUAL("follow_up(\"b\")", failed(40060).c_str());
}

TEST(Invocation, ARefusedAnswerIsApologizedForOnce) {
  respond("a");
  std::string apology = failed(50035);
  STRCMP_CONTAINS("callback(4 \"Discord refused the command's answer: no.", apology.c_str());
  STRCMP_CONTAINS("whispered", apology.c_str());
  STRCMP_EQUAL("", failed(50035).c_str());
  CHECK(call.quiet());
}

TEST(Invocation, ARefusedAnswerAfterThinkingIsApologizedForInItsPlace) {
  later(2s);
  landed();
  respond("a");
  STRCMP_CONTAINS("edit_answer(\"Discord refused", failed(50035).c_str());
}

TEST(Invocation, ARefusedFurtherMessageIsOnlyLogged) {
  respond("a");
  landed();
  follow_up("b");
  auto effects = call.said({InteractionId{500}, tl::unexpected(refused(50035))}, now);
  STRCMP_EQUAL("", told(effects).c_str());
  STRCMP_CONTAINS("reset, /reset: Discord did not take", logged(effects).c_str());
}

TEST(Invocation, ARefusedMessageInTheChannelIsOnlyLogged) {
  later(2s);
  landed();
  now = start + 16min;
  respond("a");
  STRCMP_EQUAL("", failed(50001).c_str());
  CHECK(call.quiet());
}
