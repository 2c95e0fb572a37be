// Discord's own API description against every request and response that the other suites recorded.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const description = path.join(path.dirname(fileURLToPath(import.meta.url)), 'discord');
const records = process.env.REAL_RECORDS;

function validate(file) {
  const environment = { ...process.env, DISCORD_NPM: path.join(process.env.REAL_NPM, 'package.json') };
  const run = spawnSync('node', [path.join(description, 'validate.mjs'), file], { env: environment, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.ok(run.status === 0 || run.status === 1, run.stderr);
  const findings = run.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return { findings, errors: findings.filter((finding) => finding.level === 'error') };
}

const lines = (file) => fs.readFileSync(file, 'utf8').split('\n').filter(Boolean);

test('the validator accepts what is right', () => {
  assert.deepEqual(validate(path.join(description, 'good.ndjson')).errors, []);
});

test('the validator refuses each of what is wrong', () => {
  const file = path.join(description, 'bad.ndjson');
  const found = new Set(validate(file).errors.map((finding) => finding.line));
  assert.deepEqual(lines(file).map((_, n) => n + 1).filter((line) => !found.has(line)), []);
});

for (const name of fs.readdirSync(records).filter((name) => name.endsWith('.ndjson')))
  test(`what was recorded of ${name.replace('.ndjson', '')}`, () => {
    const file = path.join(records, name);
    const exchanges = lines(file);
    assert.ok(exchanges.length > 0, 'nothing was recorded');
    const { findings } = validate(file);
    // How other bots ask is their affair, and they are refused on purpose here: of theirs only our answers count. Of our own
    // exchanges everything does, warnings too.
    const ours = findings.filter((finding) => !name.startsWith('discord') || finding.at.startsWith('response'));
    assert.deepEqual(ours.map((finding) => ({ ...finding, exchange: exchanges[finding.line - 1]?.slice(0, 600) })), []);
  });

test('the other suites have recorded something', () => {
  assert.ok(fs.readdirSync(records).length > 0, `nothing in ${records}: run the suites claude and discordjs first`);
});
