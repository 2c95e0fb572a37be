// Fifty turns that are shown while they go on, beside each other: every answer arrives, in one message of its own, and no
// channel is edited faster than its pace. What went to Discord is recorded and validated like everything else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Stage, eventually } from './harness.mjs';

const streams = 50;
const pace_ms = 1200; // chat/edit_pace.h
const limit = { timeout: 300_000 };

describe('fifty streams', limit, () => {
  let stage;
  before(async () => {
    stage = await Stage.start('streams', {
      project: 'stream = "live"',
      limits: `turns_at_once = ${streams}`,
      command: [path.join(process.env.REAL_BUILD, 'coordinator-demo-agent')],
      more_channels: streams - 1,
    });
  });
  after(() => stage?.end());

  const exchanges = () =>
    fs
      .readFileSync(path.join(process.env.REAL_RECORDS, 'streams.ndjson'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const edits_of = (all, channel) =>
    all.filter(({ method, path: where }) => method === 'PATCH' && where.includes(`/channels/${channel}/messages/`)).map(({ at_ms }) => at_ms);

  test('each becomes its answer', limit, async () => {
    const asked = await Promise.all(stage.channels.map((channel) => stage.playground.post(channel, '!stream 200 !say the end')));
    for (const message of asked) await stage.playground.answer_to(message, /the end/, 120_000);
    for (const message of asked) assert.equal((await stage.playground.answers_to(message)).length, 1);
    await stage.nothing_left();
  });

  // By what arrived: a request that took its time on the way makes one pause shorter and the one before it longer, so the
  // pauses of a channel are held to their sum.
  test('none is edited faster than its pace', limit, () => {
    const all = exchanges();
    const counts = stage.channels.map((channel) => {
      const edits = edits_of(all, channel);
      const least = (edits.length - 2) * pace_ms;
      assert.ok(edits.length < 3 || edits.at(-1) - edits[0] >= least, `${edits.length} edits in ${edits.at(-1) - edits[0]} ms`);
      return edits.length;
    });
    assert.ok(Math.max(...counts) >= 3, `at most ${Math.max(...counts)} edits in a channel: this recorded no streams`);
    assert.equal(all.filter(({ response }) => response.status === 429).length, 0);
  });
});
