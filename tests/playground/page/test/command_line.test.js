// Slash commands written as one line of text.
import assert from "node:assert/strict";
import test from "node:test";

import { commandOptions, readLine, suggestions } from "../command_line.js";
import { World } from "../world.js";

const world = new World();
world.users.set("101", { id: "101", username: "alice" });
world.channels.set("11", { id: "11", name: "testing", type: 0 });

const commands = [
  { name: "status", type: 1, description: "what runs" },
  { name: "model", type: 1, description: "choose a model", options: [
    { name: "name", type: 3, description: "which", required: true, autocomplete: true }, { name: "level", type: 4, description: "how much" }] },
  { name: "project", type: 1, description: "projects", options: [
    { name: "add", type: 1, description: "a new one", options: [
      { name: "url", type: 3, description: "where", required: true }, { name: "channel", type: 7, description: "for whom" }] },
    { name: "list", type: 1, description: "all" }] },
  { name: "Explain", type: 3 },
];
const options = (text) => commandOptions(readLine(text, commands), world);

test("names are suggested while they are written", () => {
  assert.deepEqual(suggestions("/", commands, world).items.map((item) => item.label), ["/status", "/model", "/project"]);
  assert.deepEqual(suggestions("/mo", commands, world).items.map((item) => item.insert), ["/model "]);
  assert.equal(suggestions("/nothing x", commands, world).kind, "nothing");
});

test("options by name, and the first one without", () => {
  assert.deepEqual(options("/model name:opus four level:3"), { options: { name: "opus four", level: 3 } });
  assert.deepEqual(options("/model opus"), { options: { name: "opus" } });
  assert.deepEqual(options("/status"), { options: {} });
});

test("subcommands nest", () => {
  assert.deepEqual(options("/project add url:https://a.b/c channel:#testing"), { options: { add: { url: "https://a.b/c", channel: "11" } } });
  assert.deepEqual(options("/project list"), { options: { list: {} } });
  assert.deepEqual(suggestions("/project ", commands, world).items.map((item) => item.insert), ["/project add ", "/project list "]);
});

test("what is wrong is said in a sentence", () => {
  assert.match(options("/model").error, /needs “name”/);
  assert.match(options("/model name:x level:many").error, /no value for “level”/);
  assert.match(options("/project").error, /add, list/);
});

test("values are suggested, or asked of the bot", () => {
  assert.equal(suggestions("/model name:op", commands, world).kind, "autocomplete");
  assert.deepEqual(suggestions("/project add url:x channel:", commands, world).items.map((item) => item.label), ["#testing"]);
  assert.deepEqual(suggestions("/model name:opus ", commands, world).items.map((item) => item.label), ["level?"]);
});

test("an option that is being written is given to the bot, also while it is empty", () => {
  assert.deepEqual(commandOptions(readLine("/model name:", commands), world, { partial: true }), { options: { name: "" } });
});
