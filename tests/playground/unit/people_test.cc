// What people see of the playground and do in it: commands, buttons, the page, another world.
#include "fixture.h"

using namespace whole;

TEST_GROUP_BASE(PlaygroundPeople, PlaygroundFixture){};

TEST(PlaygroundPeople, CarriesACommandFromThePersonToTheBotAndBack) {
  log_in();
  std::string commands = std::string("/applications/") + kBot + "/commands";
  LONGS_EQUAL(
      200,
      ask("PUT", commands,
          R"([{"name":"echo","description":"x","options":[{"type":3,"name":"words","description":"x"}]}])")
          .status);
  auto result = begin("POST", "/control/commands/run",
                      R"({"channel":"testing","name":"echo","options":{"words":"hi"}})");
  CHECK(until_event("INTERACTION_CREATE"));
  JsonView d = (*event("INTERACTION_CREATE"))["d"];
  STRCMP_EQUAL("hi", d["data"]["options"][0]["value"].text_or("").c_str());
  std::string id = d["id"].text_or(""), token = d["token"].text_or("");
  std::string callback = "/interactions/" + id + "/" + token + "/callback";
  LONGS_EQUAL(204, ask("POST", callback, R"({"type":5,"data":{"flags":64}})").status);
  Answer answer = wait(result);
  STRCMP_EQUAL("deferred", answer.body["response"]["kind"].text_or("").c_str());
  STRCMP_EQUAL("1100000000000000101",
               answer.body["response"]["message"]["ephemeral_for"].text_or("").c_str());
  LONGS_EQUAL(40060, ask("POST", callback, R"({"type":4,"data":{"content":"x"}})").code());
  std::string original = std::string("/webhooks/") + kBot + "/" + token + "/messages/@original";
  LONGS_EQUAL(200, ask("PATCH", original, R"({"content":"done"})").status);
  STRCMP_EQUAL("done", playground->messages("testing")[0]->content.c_str());
  playground->advance(16min);
  LONGS_EQUAL(50027, ask("PATCH", original, R"({"content":"too late"})").code());
}

TEST(PlaygroundPeople, SaysThatABotDidNotRespond) {
  log_in();
  ask("POST", std::string("/applications/") + kBot + "/commands", R"({"name":"mute","description":"x"})");
  auto id = playground->run_command("testing", "mute");
  CHECK(until_event("INTERACTION_CREATE"));
  CHECK(!playground->response(id));
  playground->advance(3s + 1ms);
  STRCMP_EQUAL("failed", (*playground->response(id))["kind"].text_or("").c_str());
  JsonView d = (*event("INTERACTION_CREATE"))["d"];
  LONGS_EQUAL(10062,
              ask("POST", "/interactions/" + d["id"].text_or("") + "/" + d["token"].text_or("") + "/callback",
                  R"({"type":4,"data":{"content":"x"}})")
                  .code());
}

TEST(PlaygroundPeople, PressesButtonsAndSubmitsModals) {
  log_in();
  Answer made = post(
      R"({"content":"?","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Go","custom_id":"go"}]}]})");
  auto message = made.body["id"].id<MessageId>();
  auto pressed = playground->press("testing", *message, "go");
  CHECK(until_event("INTERACTION_CREATE"));
  auto route = [&] {
    JsonView d = (*event("INTERACTION_CREATE"))["d"];
    return "/interactions/" + d["id"].text_or("") + "/" + d["token"].text_or("") + "/callback";
  };
  LONGS_EQUAL(204, ask("POST", route(), R"({"type":9,"data":{"title":"Why","custom_id":"why","components":[
      {"type":18,"label":"Reason","component":{"type":4,"custom_id":"reason","style":1}}]}})")
                       .status);
  STRCMP_EQUAL("modal", (*playground->response(pressed))["kind"].text_or("").c_str());
  auto submitted = playground->submit_modal(pressed, R"({"reason":"because"})");
  CHECK(until([&] { return (*event("INTERACTION_CREATE"))["d"]["type"].integer() == 5; }));
  STRCMP_EQUAL(
      "because",
      (*event("INTERACTION_CREATE"))["d"]["data"]["components"][0]["component"]["value"].text_or("").c_str());
  LONGS_EQUAL(204, ask("POST", route(), R"({"type":7,"data":{"content":"pressed","components":[]}})").status);
  STRCMP_EQUAL("update", (*playground->response(submitted))["kind"].text_or("").c_str());
  STRCMP_EQUAL("pressed", playground->message("testing", *message)->content.c_str());
}

TEST(PlaygroundPeople, WaitsForACompleteAnswer) {
  log_in();
  ask("GET", "/users/@me");  // curl opens no second connection before it has got an answer on the first
  auto answer = begin("POST", "/control/say", R"({"channel":"#testing","content":"hello","quiet_ms":30})");
  CHECK(until_event("MESSAGE_CREATE"));
  std::string id = (*event("MESSAGE_CREATE"))["d"]["id"].text_or("");
  ask("POST", std::string("/channels/") + kTesting + "/typing");
  CHECK(playground->typing("testing"));
  post(R"({"content":"first","message_reference":{"message_id":")" + id + "\"}}");
  CHECK(!playground->typing("testing"));
  post(R"({"content":"second"})");
  Answer done = wait(answer);
  LONGS_EQUAL(200, done.status);
  LONGS_EQUAL(2, done.body["answers"].size());
  STRCMP_EQUAL("second", done.body["answers"][1]["content"].text_or("").c_str());
}

TEST(PlaygroundPeople, GivesUpOnAnAnswerThatDoesNotCome) {
  Answer late = control("POST", "/say", R"({"channel":"testing","content":"hello","timeout_ms":30})");
  LONGS_EQUAL(504, late.status);
  LONGS_EQUAL(404, control("POST", "/say", R"({"channel":"nowhere","content":"x"})").status);
}

TEST(PlaygroundPeople, StreamsTheWorldAndEveryChange) {
  connect("/control/stream");
  CHECK(until_event("hello"));
  LONGS_EQUAL(2, (*event("hello"))["channels"].size());
  auto said = playground->inject_message({.content = "hi @alice", .author = "bob", .mention_bot = false});
  playground->react("testing", said, "👀");
  playground->edit_message("testing", said, "changed");
  auto thread = playground->start_thread("testing", "side talk");
  playground->advance(1s);
  playground->delete_message("testing", said);
  CHECK(until_event("message_deleted"));
  std::string order;
  for (const auto& change : heard) order += change["type"].text_or("") + " ";
  STRCMP_EQUAL("hello message_created reaction_added message_updated channel_created clock message_deleted ",
               order.c_str());
  STRCMP_EQUAL("hi <@1100000000000000101>",
               (*event("message_created"))["message"]["content"].text_or("").c_str());
  STRCMP_EQUAL(thread.text().c_str(), (*event("channel_created"))["channel"]["id"].text_or("").c_str());
}

TEST(PlaygroundPeople, RecordsWithoutTheToken) {
  post(R"({"content":"x"})");
  LONGS_EQUAL(1, playground->requests("POST", "/channels/*/messages"));
  std::string record = playground->recorded().back().dump();
  STRCMP_CONTAINS(R"("path":"/api/v10/channels/1100000000000000011/messages")", record.c_str());
  STRCMP_CONTAINS("Bot redacted", record.c_str());
  CHECK(record.find("Bot playground") == std::string::npos);
}

TEST(PlaygroundPeople, ReadsAnotherWorld) {
  PlaygroundOptions options;
  options.world =
      R"({"users":[{"name":"carol"}],"guilds":[{"name":"G","channels":[{"name":"one"},{"name":"two"}],
      "roles":[{"name":"r","users":["carol"]}]}]})";
  start(std::move(options));
  CHECK(playground->inject_message({.channel = "two", .content = "x", .author = "carol"}).value != 0);
  PlaygroundOptions broken;
  broken.world = R"({"guilds":[{"name":"G","channels":[{"id":"5"}]}]})";
  Playground other(*context, std::move(broken));
  CHECK(!other.status().has_value());
  STRCMP_CONTAINS("channels: name is missing", other.status().error().what.c_str());
}

TEST(PlaygroundPeople, ServesThePage) {
  Answer page = wait(begin("GET", "/"));
  LONGS_EQUAL(200, page.status);
  STRCMP_CONTAINS("<html", page.text.c_str());
}
