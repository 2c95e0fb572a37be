// Every slash command that comes with Coordinator, used by a person in the playground; what went to Discord is recorded and
// validated like everything else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Stage, eventually, testing } from './harness.mjs';

const limit = { timeout: 120_000 };

describe('slash commands', limit, () => {
  let stage;
  before(async () => {
    stage = await Stage.start('commands', { project: 'allowed_tools = ["Bash"]' });
    await eventually('the commands are published', async () => (await commands()).length >= 10);
    await stage.say('api: say Hello.');
  });
  after(() => stage?.end());

  const commands = async () => (await stage.playground.ask('GET', 'world')).commands;
  const person = { user: 'alice', channel: testing, timeout_ms: 5000 };
  const run = (name, options = {}, more = {}) => stage.playground.ask('POST', 'commands/run', { ...person, name, options, ...more });
  const type = (name, options, focused) => stage.playground.ask('POST', 'commands/autocomplete', { ...person, name, options, focused });
  const press = (message, label) => {
    const button = message.components.flatMap((row) => row.components).find((one) => (one.label ?? '').includes(label));
    assert.ok(button, `no button "${label}" on ${JSON.stringify(message.components)}`);
    return stage.playground.ask('POST', 'components/press', { ...person, message: message.id, custom_id: button.custom_id });
  };
  // An option of the select with this placeholder: the first, or the last by -1.
  const choose = (message, placeholder, which) => {
    const select = message.components.flatMap((row) => row.components).find((one) => one.placeholder?.includes(placeholder));
    assert.ok(select, `no select "${placeholder}" on ${JSON.stringify(message.components)}`);
    return stage.playground.ask('POST', 'components/press', { ...person, message: message.id, custom_id: select.custom_id, values: [select.options.at(which).value] });
  };
  const words = (message) => [message.content, ...(message.embeds ?? []).map((embed) => JSON.stringify(embed))].join('\n');
  // What the interaction showed in the end: a deferred answer is edited later.
  const shown = async ({ response }) => {
    assert.ok(['message', 'deferred', 'update', 'deferred_update'].includes(response.kind), JSON.stringify(response));
    if (response.kind !== 'deferred') return response.message;
    return eventually('the deferred answer is there', async () =>
      (await stage.playground.messages(testing)).find((message) => message.id === response.message.id && !message.loading),
    );
  };
  const says = async (name, options, pattern) => {
    const message = await shown(await run(name, options));
    assert.match(words(message), pattern);
    return message;
  };
  const later = (id, pattern) =>
    eventually(`the message says ${pattern}`, async () =>
      (await stage.playground.messages(testing)).find((message) => message.id === id && pattern.test(words(message))),
    );

  test('/ping answers', limit, () => says('ping', {}, /pong/i));
  test('/help names what is loaded', limit, () => says('help', {}, /reset[\s\S]*status/));
  test('/status shows the session', limit, () => says('status', {}, /testing/));
  test('/queue is empty', limit, () => says('queue', {}, /\w/));
  test('/stop finds nothing to stop', limit, () => says('stop', {}, /[Nn]othing/));
  test('/usage counts the turn', limit, () => says('usage', {}, /\w/));
  test('/plugins lists them', limit, () => says('plugins', { list: {} }, /reset/));
  test('/plugins reloads one', limit, () => says('plugins', { reload: { name: 'ping' } }, /ping/));
  test('/sessions lists them', limit, () => says('sessions', {}, /current/));

  test('/model offers aliases and keeps the chosen one', limit, async () => {
    const { response } = await type('model', { name: 'op' }, 'name');
    assert.equal(response.kind, 'autocomplete');
    assert.ok(response.choices.some((choice) => choice.value === 'opus'), JSON.stringify(response));
    await says('model', { name: 'opus' }, /sonnet[\s\S]*opus/);
    await stage.say('api: say With opus.');
    await says('status', {}, /opus/);
  });

  test('/reset asks, and resets when told so', limit, async () => {
    const dialog = await says('reset', {}, /testing/);
    await press(dialog, 'Yes');
    assert.doesNotMatch(await stage.say('api: history'), /With opus/);
  });

  test('/reset is called off', limit, async () => {
    await press(await says('reset', {}, /testing/), 'Cancel');
    assert.match(await stage.say('api: history'), /api: history/);
  });

  test('/stop ends the turn that runs', limit, async () => {
    const asked = await stage.post('api: hang');
    await eventually('it runs', async () => /hang/.test(words(await shown(await run('queue')))));
    await says('stop', {}, /\w/);
    await stage.playground.answer_to(asked, /cancelled/i);
    await stage.nothing_left();
  });

  test('/project adds a repository, lists it and removes it', limit, async () => {
    const repository = path.join(stage.directory, 'upstream');
    const git = (...words) => execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words]);
    fs.mkdirSync(repository);
    git('init', '-q');
    fs.writeFileSync(path.join(repository, 'README.md'), 'upstream\n');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const { channel } = await stage.playground.ask('POST', 'channels', { name: 'upstream' });
    const added = await shown(await run('project', { add: { name: 'upstream', repository: `file://${repository}`, channel: channel.id } }));
    await later(added.id, /upstream/);
    await eventually('the configuration names it', () => fs.readFileSync(stage.config, 'utf8').includes('[projects.upstream]'));
    await says('project', { list: {} }, /upstream[\s\S]*testing|testing[\s\S]*upstream/);
    assert.equal(await stage.playground.say(channel.id, 'api: say From the new project.'), 'From the new project.');
    await press(await shown(await run('project', { remove: { name: 'upstream' } })), 'emove');
    await eventually('it is gone', () => !fs.readFileSync(stage.config, 'utf8').includes('[projects.upstream]'));
  });

  test('/sessions resumes an earlier one', limit, async () => {
    await choose(await says('sessions', {}, /current/), 'Resume', -1);
    await eventually('it is told to the channel', async () => /has resumed/.test(JSON.stringify(await stage.playground.messages(testing))));
    assert.match(await stage.say('api: history'), /With opus/);
  });

  test('/sessions forks one, which knows what the first one knew', limit, async () => {
    await choose(await says('sessions', {}, /current/), 'copy', 0);
    await eventually('it is told to the channel', async () => /has forked/.test(JSON.stringify(await stage.playground.messages(testing))));
    assert.match(await stage.say('api: history'), /With opus/);
  });

  test('a restart publishes nothing anew', limit, async () => {
    const asked = async (method) =>
      (await stage.playground.ask('GET', 'requests')).requests.filter((one) => one.method === method && /applications\/\d+\/commands/.test(one.path)).length;
    const puts = () => asked('PUT');
    const before = await puts();
    assert.ok(before > 0);
    await stage.restart_daemon('SIGKILL');
    await says('ping', {}, /pong/i);
    await eventually('the set was compared', async () => (await asked('GET')) > 1);
    assert.equal(await puts(), before);
  });
});
