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

  test('answers a mention, and a hundred of them in order', limit, async () => {
    assert.equal(await playground.say(testing, 'one'), 'py one');
    const posts = [];
    for (let n = 0; n < 100; n++) posts.push(await playground.post(testing, `number ${n} ${'🙂 words '.repeat(n)}`));
    for (const [n, post] of posts.entries()) assert.match((await playground.answer_to(post)).content, new RegExp(`^py number ${n} `));
  });

  test('resumes after a dropped socket, with a new stream, and hears what it missed', limit, async () => {
    await playground.fault('drop');
    const missed = await playground.post(testing, 'while away');
    assert.equal((await playground.answer_to(missed)).content, 'py while away');
    await eventually('it has resumed', () => bot.output.includes('resumed'));
  });
});
