// A slash command as one line of text: "/project add name:x url:y". What is meant so far, and what could come next.
// No DOM. https://discord.com/developers/docs/interactions/application-commands

const CHAT_INPUT = 1;
const SUBCOMMAND = 1, SUBCOMMAND_GROUP = 2, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10;

// {command, path: [option], options: [definition], given: Map name -> text, focused: {option, value} | null}, or null when no
// command has that name. The last option written is the focused one.
export function readLine(text, commands) {
  const words = /^\/(\S*)\s*([^]*)$/.exec(text);
  const command = words && commands.find((each) => (each.type ?? CHAT_INPUT) === CHAT_INPUT && each.name === words[1]);
  if (!command) return null;
  let rest = words[2];
  let options = command.options ?? [];
  const path = [];
  while (options.some((option) => option.type === SUBCOMMAND || option.type === SUBCOMMAND_GROUP)) {
    const [, word, after] = /^(\S*)\s*([^]*)$/.exec(rest);
    const next = options.find((option) => option.name === word);
    if (!next) return { command, path, options, given: new Map(), focused: null, expects: "subcommand", word };
    path.push(next);
    options = next.options ?? [];
    rest = after;
  }
  return { command, path, options, ...readOptions(rest, options), expects: "options" };
}

// "name:value" pairs; what stands before the first belongs to the first option.
function readOptions(text, options) {
  const given = new Map();
  const names = options.map((option) => option.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const marks = names ? [...text.matchAll(new RegExp(`(?:^|\\s)(${names}):`, "gu"))] : [];
  const lead = text.slice(0, marks[0]?.index ?? text.length).trim();
  if (lead && options[0]) given.set(options[0].name, lead);
  let focused = lead && marks.length === 0 && options[0] ? { option: options[0], value: lead } : null;
  marks.forEach((mark, i) => {
    const value = text.slice(mark.index + mark[0].length, marks[i + 1]?.index ?? text.length).trim();
    given.set(mark[1], value);
    focused = { option: options.find((option) => option.name === mark[1]), value };
  });
  const written = focused && (focused.value === "" || !/\s$/.test(text)); // a blank ends a value
  return { given, focused: written ? focused : null };
}

// What could be written next: {kind, items: [{label, detail, insert}]}; kind "autocomplete" asks the bot for them.
export function suggestions(text, commands, world) {
  const word = /^\/(\S*)$/.exec(text);
  if (word) {
    const items = commands.filter((each) => (each.type ?? CHAT_INPUT) === CHAT_INPUT && each.name.startsWith(word[1].toLowerCase()))
      .map((each) => ({ label: `/${each.name}`, detail: each.description, insert: `/${each.name} ` }));
    return { kind: "commands", items };
  }
  const line = readLine(text, commands);
  if (!line) return { kind: "nothing", items: [] };
  const head = `/${[line.command, ...line.path].map((each) => each.name).join(" ")} `;
  if (line.expects === "subcommand")
    return {
      kind: "subcommands",
      items: line.options.filter((option) => option.name.startsWith(line.word))
        .map((option) => ({ label: `${head}${option.name}`, detail: option.description, insert: `${head}${option.name} ` })),
    };
  if (line.focused?.option) return valueSuggestions(text, line, world);
  return {
    kind: "options",
    items: line.options.filter((option) => !line.given.has(option.name)).map((option) => ({
      label: `${option.name}${option.required ? "" : "?"}`, detail: option.description, insert: `${text.replace(/\s*$/, " ")}${option.name}:`,
    })),
  };
}

function valueSuggestions(text, { focused: { option, value } }, world) {
  if (option.autocomplete) return { kind: "autocomplete", option, value, items: [] };
  const start = text.slice(0, text.length - value.length);
  const items = valuesOf(option, world).filter((each) => each.label.toLowerCase().includes(value.toLowerCase().replace(/^[@#]/, "")))
    .map((each) => ({ ...each, insert: `${start}${each.insert} ` }));
  const done = items.length === 1 && items[0].insert.trim() === text.trim();
  return { kind: "values", option, items: done ? [] : items.slice(0, 25) };
}

function valuesOf(option, world) {
  const plain = (label, detail = "") => ({ label, detail, insert: label });
  if (option.choices?.length) return option.choices.map((choice) => plain(choice.name, String(choice.value)));
  const users = () => [...world.users.values()].map((user) => plain(`@${user.username}`));
  const roles = () => [...world.guilds.values()].flatMap((guild) => guild.roles ?? []).map((role) => plain(`@${role.name}`, "role"));
  switch (option.type) {
    case BOOLEAN: return [plain("true"), plain("false")];
    case USER: return users();
    case CHANNEL: return [...world.channels.values()].map((channel) => plain(`#${channel.name}`));
    case ROLE: return roles();
    case MENTIONABLE: return [...users(), ...roles()];
    default: return [];
  }
}

// The options as POST /control/commands/run wants them: {options}, or {error} in a sentence.
export function commandOptions(line, world, { partial = false } = {}) {
  if (line.expects === "subcommand") return { error: `Choose one of: ${line.options.map((option) => option.name).join(", ")}.` };
  const values = {};
  for (const option of line.options) {
    const text = line.given.get(option.name);
    if (text === undefined || (text === "" && !partial)) {
      if (option.required && !partial) return { error: `/${line.command.name} needs “${option.name}”: ${option.description}` };
      continue;
    }
    const value = convert(option, text, world);
    if (value === undefined && !partial) return { error: `“${text}” is no value for “${option.name}”.` };
    values[option.name] = value ?? text;
  }
  return { options: line.path.reduceRight((inner, option) => ({ [option.name]: inner }), values) };
}

function convert(option, text, world) {
  const choice = option.choices?.find((each) => each.name === text || String(each.value) === text);
  if (choice) return choice.value;
  const bare = text.replace(/^[@#]/, "");
  const user = () => [...world.users.values()].find((each) => each.id === bare || each.username === bare || each.global_name === bare)?.id;
  const role = () => [...world.guilds.values()].flatMap((guild) => guild.roles ?? []).find((each) => each.id === bare || each.name === bare)?.id;
  switch (option.type) {
    case INTEGER: return /^-?\d+$/.test(text) ? Number(text) : undefined;
    case NUMBER: return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case BOOLEAN: return { true: true, false: false }[text.toLowerCase()];
    case USER: return user();
    case CHANNEL: return [...world.channels.values()].find((each) => each.id === bare || each.name === bare)?.id;
    case ROLE: return role();
    case MENTIONABLE: return user() ?? role();
    default: return text;
  }
}
