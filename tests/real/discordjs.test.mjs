// A bot on discord.js 14 against the playground: what a client that we did not write takes for Discord.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Playground, eventually, major_domo, require, testing } from './harness.mjs';

const { Client, Events, GatewayIntentBits, SlashCommandBuilder } = require('discord.js');
const limit = { timeout: 60_000 };

describe('a discord.js bot', limit, () => {
  let directory, playground, bot;
  const seen = { resumes: 0, disconnects: 0, contents: [] };

  before(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'coordinator-real-'));
    playground = await Playground.start('discordjs', directory);
    bot = new Client({ intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages], rest: { api: `${playground.url}/api` } });
    bot.on(Events.ShardResume, () => seen.resumes++);
    bot.on(Events.ShardReconnecting, () => seen.disconnects++);
    bot.on(Events.MessageCreate, async (message) => {
      if (message.author.bot) return;
      seen.contents.push(message.content);
      if (message.mentions.has(bot.user)) await message.reply({ content: `pong ${message.content.replace(/<@\d+>\s*/, '')}`, allowedMentions: { parse: [] } });
    });
    bot.on(Events.InteractionCreate, async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply({ content: `echo: ${interaction.options.getString('words')}` });
    });
    const ready = new Promise((ready) => bot.once(Events.ClientReady, ready));
    await bot.login('playground');
    await ready;
  });
  after(async () => {
    await bot?.destroy();
    await playground?.end();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  test('logs in and sees the world', limit, async () => {
    assert.equal(bot.user.username, 'Coordinator');
    const guild = bot.guilds.cache.first();
    assert.equal(guild.name, 'Playground');
    assert.deepEqual([guild.channels.cache.get(testing).name, guild.channels.cache.get(major_domo).name], ['testing', 'major-domo']);
  });

  test('answers a mention', limit, async () => {
    assert.equal(await playground.say(testing, 'one'), 'pong one');
  });

  test('is not shown what is not meant for it: no content without the intent', limit, async () => {
    await playground.post(testing, 'a secret', { mention_bot: false });
    await eventually('the message arrives', () => seen.contents.includes(''));
    assert.ok(!seen.contents.includes('a secret'));
  });

  test('edits, reacts, types and deletes', limit, async () => {
    const channel = await bot.channels.fetch(testing);
    await channel.sendTyping();
    const sent = await channel.send({ content: 'first', allowedMentions: { parse: [] } });
    await sent.edit({ content: 'second', allowedMentions: { parse: [] } });
    await sent.react('👀');
    const shown = (await playground.messages(testing)).find((message) => message.id === sent.id);
    assert.equal(shown.content, 'second');
    assert.equal(shown.reactions[0].emoji.name, '👀');
    await sent.delete();
    assert.ok(!(await playground.messages(testing)).some((message) => message.id === sent.id));
  });

  test('sends a nonce twice, and one message is there', limit, async () => {
    const channel = await bot.channels.fetch(testing);
    const twice = { content: 'once', nonce: '4711', enforceNonce: true, allowedMentions: { parse: [] } };
    const [first, second] = [await channel.send(twice), await channel.send(twice)];
    assert.equal(first.id, second.id);
  });

  test('is refused what Discord refuses', limit, async () => {
    const channel = await bot.channels.fetch(testing);
    await assert.rejects(channel.send({ content: 'x'.repeat(2001) }), { code: 50035 });
    await assert.rejects(bot.channels.fetch('1'), { code: 10003 });
  });

  test('resumes after a dropped socket, and hears what it missed', limit, async () => {
    const before = seen.resumes;
    await playground.fault('drop');
    const missed = await playground.post(testing, 'while away');
    await playground.answer_to(missed, /^pong while away$/);
    await eventually('it has resumed', () => seen.resumes > before);
  });

  test('resumes when it is told to reconnect', limit, async () => {
    const before = seen.resumes;
    await playground.fault('reconnect');
    await eventually('it has resumed', () => seen.resumes > before);
    assert.equal(await playground.say(testing, 'two'), 'pong two');
  });

  test('identifies anew when its session is gone', limit, async () => {
    const { identifies } = await playground.gateway();
    await playground.fault('invalid_session', { resumable: false });
    await eventually('it has identified', async () => (await playground.gateway()).identifies > identifies);
    await eventually('it is back', playground.connected);
    assert.equal(await playground.say(testing, 'three'), 'pong three');
  });

  test('publishes a slash command, and handles it', limit, async () => {
    const command = new SlashCommandBuilder().setName('echo').setDescription('Says it again');
    command.addStringOption((option) => option.setName('words').setDescription('What to say').setRequired(true));
    await bot.application.commands.set([command]);
    const { response } = await playground.ask('POST', 'commands/run', { channel: testing, name: 'echo', options: { words: 'hello' } });
    assert.equal(response.kind, 'message');
    assert.equal(response.message.content, 'echo: hello');
  });

  test('waits out a rate limit', limit, async () => {
    await playground.fault('rest', { method: 'POST', route: '/channels/*/messages', action: 'rate_limit', scope: 'user', retry_after_ms: 400 });
    assert.equal(await playground.say(testing, 'four'), 'pong four');
  });
});
