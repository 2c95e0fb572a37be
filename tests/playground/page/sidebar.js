// Servers, channels and threads on the left; who is there on the right.
import { el } from "./dom.js";
import { avatar } from "./message_view.js";
import { compareIds, isThread, nameOf } from "./world.js";

// `state`: {current, unread: Set}; `actions`: {open(id), addChannel(guild)}.
export function channelList(world, state, actions) {
  return [...world.guilds.values()].map((guild) =>
    el("section.guild",
      el("h2.guild-name", el("span", guild.name), el("button.add", { type: "button", title: `Add a channel to ${guild.name}`,
        "aria-label": `Add a channel to ${guild.name}`, onclick: () => actions.addChannel(guild) }, "+")),
      el("ul", channelsOf(world, guild).map((channel) => channelItem(world, channel, state, actions)))));
}

const channelsOf = (world, guild) =>
  [...world.channels.values()].filter((channel) => !isThread(channel) && channel.guild_id === guild.id)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || compareIds(a.id, b.id));

function channelItem(world, channel, state, actions) {
  const threads = world.threadsOf(channel.id).filter((thread) => !thread.thread_metadata?.archived || thread.id === state.current);
  return el("li", channelButton(channel, "#", state, actions),
    threads.length > 0 && el("ul.threads", threads.map((thread) => el("li", channelButton(thread, "└", state, actions)))));
}

function channelButton(channel, sign, state, actions) {
  const current = channel.id === state.current;
  const unread = !current && state.unread.has(channel.id);
  return el(`button.channel${current ? ".current" : ""}${unread ? ".unread" : ""}`,
    { type: "button", "aria-current": current ? "page" : undefined, onclick: () => actions.open(channel.id) },
    el("span.sign", { "aria-hidden": "true" }, sign), el("span.channel-name", channel.name));
}

export function memberList(world) {
  const members = [...world.users.values()];
  const group = (title, users) => users.length > 0 && [el("h3", title), el("ul", users.map((user) => member(world, user)))];
  return [group("Bots", members.filter((user) => user.bot)), group("People", members.filter((user) => !user.bot))].flat(2).filter(Boolean);
}

function member(world, user) {
  const online = !user.bot || world.botOnline;
  const roles = (user.role_ids ?? []).map((id) => world.role(id)?.name).filter(Boolean).join(", ");
  return el(`li.member${online ? "" : ".offline"}`, el("span.with-dot", avatar(user), el("i.presence")),
    el("div", el("div", nameOf(user), user.bot && el("span.badge", "BOT")),
      el("div.hint", user.bot ? (online ? "online" : "offline") : [user.admin && "admin", roles].filter(Boolean).join(", "))));
}
