// The playground's world as the page knows it: hello and the changes after it, applied in order. No DOM.
// The formats are in ../README.md.

export class World {
  constructor() {
    this.users = new Map();
    this.guilds = new Map();
    this.channels = new Map();
    this.messages = new Map(); // channel id -> Map of message id -> message, oldest first; absent: not loaded yet
    this.commands = [];
    this.typing = new Map(); // channel id -> Map of user id -> until_ms
    this.bot = null;
    this.botOnline = false;
    this.clockOffset = 0; // the playground's clock minus this machine's
  }

  now() {
    return Date.now() + this.clockOffset;
  }

  // Returns what the page has to show anew: {what, channel?, message?}.
  apply(change) {
    const handler = HANDLERS[change.type];
    return handler ? handler(this, change) : { what: "nothing" };
  }

  // What GET /control/messages gave; messages that came over the stream meanwhile are newer and stay.
  load(channelId, messages) {
    const known = this.messages.get(channelId) ?? new Map();
    const all = new Map(messages.map((message) => [message.id, message]));
    for (const [id, message] of known) all.set(id, message);
    this.messages.set(channelId, new Map([...all].sort(([a], [b]) => compareIds(a, b))));
  }

  list(channelId) {
    return [...(this.messages.get(channelId)?.values() ?? [])];
  }

  // Who else is typing there now.
  typists(channelId, except) {
    const now = this.now();
    return [...(this.typing.get(channelId) ?? [])]
      .filter(([user, until]) => until > now && user !== except)
      .map(([user]) => this.users.get(user))
      .filter(Boolean);
  }

  threadsOf(channelId) {
    return [...this.channels.values()].filter((channel) => isThread(channel) && channel.parent_id === channelId);
  }

  people() {
    return [...this.users.values()].filter((user) => !user.bot);
  }

  role(id) {
    for (const guild of this.guilds.values()) {
      const role = guild.roles?.find((each) => each.id === id);
      if (role) return role;
    }
    return undefined;
  }
}

export const isThread = (channel) => channel.type >= 10 && channel.type <= 12;
export const nameOf = (user) => user?.global_name || user?.username || "somebody";
// Snowflakes are larger than a number holds exactly: longer is greater, then digit by digit.
export const compareIds = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

const byId = (list) => new Map((list ?? []).map((each) => [each.id, each]));

const HANDLERS = {
  hello(world, hello) {
    world.users = byId(hello.users);
    world.guilds = byId(hello.guilds);
    world.channels = byId(hello.channels);
    world.commands = hello.commands ?? [];
    world.bot = hello.me;
    world.botOnline = Boolean(hello.gateway?.connected);
    world.clockOffset = hello.now_ms - Date.now();
    world.messages.clear();
    world.typing.clear();
    return { what: "everything" };
  },
  message_created: (world, { message }) => put(world, message, "message_created"),
  message_updated: (world, { message }) => put(world, message, "message_updated"),
  message_deleted(world, { channel_id, id }) {
    world.messages.get(channel_id)?.delete(id);
    return { what: "message_deleted", channel: channel_id, message: id };
  },
  reaction_added: (world, change) => react(world, change, true),
  reaction_removed: (world, change) => react(world, change, false),
  typing(world, { channel_id, user_id, until_ms }) {
    if (!world.typing.has(channel_id)) world.typing.set(channel_id, new Map());
    world.typing.get(channel_id).set(user_id, until_ms);
    return { what: "typing", channel: channel_id };
  },
  channel_created: (world, { channel }) => setChannel(world, channel),
  channel_updated: (world, { channel }) => setChannel(world, channel),
  channel_deleted(world, { id }) {
    world.channels.delete(id);
    world.messages.delete(id);
    return { what: "channels" };
  },
  commands(world, { commands }) {
    world.commands = commands;
    return { what: "commands" };
  },
  gateway(world, { connected }) {
    world.botOnline = connected;
    return { what: "gateway" };
  },
  clock(world, { now_ms }) {
    world.clockOffset = now_ms - Date.now();
    return { what: "clock" };
  },
};

function setChannel(world, channel) {
  world.channels.set(channel.id, channel);
  return { what: "channels" };
}

// A channel that was not loaded yet is left alone: all of it comes when it is opened.
function put(world, message, what) {
  if (what === "message_created") world.typing.get(message.channel_id)?.delete(message.author.id);
  world.messages.get(message.channel_id)?.set(message.id, message);
  return { what, channel: message.channel_id, message: message.id };
}

const sameEmoji = (a, b) => (a.id ? a.id === b.id : !b.id && a.name === b.name);

function react(world, { channel_id, message_id, user_id, emoji }, added) {
  const message = world.messages.get(channel_id)?.get(message_id);
  if (message) {
    message.reactions ??= [];
    let reaction = message.reactions.find((each) => sameEmoji(each.emoji, emoji));
    if (!reaction) message.reactions.push((reaction = { emoji, count: 0, user_ids: [] }));
    const others = (reaction.user_ids ?? []).filter((id) => id !== user_id);
    reaction.user_ids = added ? [...others, user_id] : others;
    reaction.count = reaction.user_ids.length;
    message.reactions = message.reactions.filter((each) => each.count > 0);
  }
  return { what: "message_updated", channel: channel_id, message: message_id };
}
