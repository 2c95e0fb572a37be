// A bot on discord.py against the playground: a second client that we did not write, and one that listens through zlib-stream.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Child, Playground, eventually, testing } from './harness.mjs';

const limit = { timeout: 60_000 };
// Debian's package belongs to Debian's python3, whatever else is in PATH. Where there is none, this suite says so.
const python = fs.existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const skip = spawnSync(python, ['-c', 'import discord']).status === 0 ? false : 'discord.py is not installed';

describe('a discord.py bot', { ...limit, skip }, () => {
  let directory, playground, bot;

  before(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'coordinator-real-'));
    playground = await Playground.start('discordpy', directory);
    const program = fileURLToPath(new URL('discordpy_bot.py', import.meta.url));
    const environment = { PATH: process.env.PATH, HOME: directory, PYTHONDONTWRITEBYTECODE: '1', DISCORD_API_URL: `${playground.url}/api/v10` };
    bot = new Child(python, [program], environment, path.join(directory, 'bot.log'));
    await eventually('the bot is ready', async () => {
      assert.ok(bot.running, `the bot ended:\n${bot.output}`);
      return playground.connected();
    });
  });
  after(async () => {
    if (bot?.running) await bot.end();
    await playground?.end();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  test('listens through zlib-stream', limit, async () => {
    const { connections } = await playground.gateway();
    assert.deepEqual(connections.map((connection) => connection.compress), ['zlib-stream']);
  });

  test('answers a mention', limit, async () => {
    assert.equal(await playground.say(testing, 'one'), 'py one');
  });

  test('hears a hundred messages of all sizes in order, through one stream', limit, async () => {
    const sent = Array.from({ length: 100 }, (_, n) => `quiet: ${n} ${'🙂 wörds\n'.repeat(n)}.`);
    for (const content of sent) await playground.post(testing, content);
    const heard = () => bot.output.split('\n').filter((line) => line.startsWith('heard "quiet')).map((line) => JSON.parse(line.slice(6)));
    await eventually('the last one is heard', () => heard().length === sent.length);
    assert.deepEqual(heard(), sent);
  });

  test('resumes after a dropped socket, with a new stream, and hears what it missed', limit, async () => {
    await playground.fault('drop');
    await playground.post(testing, 'while away');
    await eventually('an answer', async () => (await playground.messages(testing)).some((message) => message.content === 'py while away'));
    await eventually('it has resumed', () => bot.output.includes('resumed'));
  });
});
