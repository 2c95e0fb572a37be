// The story with the real Claude Code: mentions in the playground, turns in the daemon, and the API's stand-in behind it all.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { Stage, eventually, testing } from './harness.mjs';

const limit = { timeout: 120_000 };

describe('a conversation', limit, () => {
  let stage;
  before(async () => (stage = await Stage.start('conversation', { project: 'allowed_tools = ["Bash(touch *)"]\npermissions = "refuse"' })));
  after(() => stage?.end());
  afterEach(() => stage.nothing_left());

  test('a mention is answered', limit, async () => {
    assert.equal(await stage.say('api: say The first answer.'), 'The first answer.');
  });

  test('the next mention continues the same session', limit, async () => {
    const history = await stage.say('api: history');
    assert.match(history, /The first answer/);
    assert.match(history, /api: history/);
  });

  test('so does the one after a restart of the daemon', limit, async () => {
    await stage.restart_daemon();
    assert.match(await stage.say('After the restart, api: history'), /The first answer.*After the restart/);
  });

  test('and the one after the daemon was killed', limit, async () => {
    await stage.restart_daemon('SIGKILL');
    assert.match(await stage.say('After the kill, api: history'), /The first answer.*After the restart.*After the kill/);
  });

  test('an allowed tool runs in the directory of the project', limit, async () => {
    await stage.say('api: bash touch made-by-the-agent then say Made it.');
    assert.ok(fs.existsSync(path.join(stage.project, 'made-by-the-agent')));
  });

  test('a tool that is not allowed does not run, and the agent is told what to do', limit, async () => {
    const answer = await stage.say('api: bash date > forbidden then result');
    assert.ok(!fs.existsSync(path.join(stage.project, 'forbidden')));
    assert.match(answer, /allowed_tools|allow/i);
  });

  test('a slash command in a mention is only words', limit, async () => {
    await stage.say('/clear');
    assert.match(await stage.say('api: history'), /The first answer/);
  });

  test('a file named by @ in a mention is not attached', limit, async () => {
    const answer = await stage.say('@/etc/passwd please echo this');
    assert.match(answer, /@\/etc\/passwd/);
    assert.doesNotMatch(answer, /root:/);
    assert.doesNotMatch(await stage.say('api: history'), /root:x:0/);
  });

  test('a long answer comes as several messages, in order and whole', limit, async () => {
    const asked = await stage.post('api: slow 900 0');
    await stage.playground.answer_to(asked, /word899/); // later than a pause in the answer: the rate limit makes one
    const words = (await stage.playground.answers_to(asked)).flatMap((message) => message.content.split(/\s+/));
    assert.deepEqual(words, Array.from({ length: 900 }, (_, n) => `word${n}`));
    assert.ok((await stage.playground.messages(testing)).every((message) => [...message.content].length <= 2000));
  });

  test('an answer too long for its messages has all of it in a file', limit, async () => {
    const asked = await stage.post('api: slow 2500 0');
    await stage.playground.answer_to(asked, /answer\.md/);
    const files = (await stage.playground.answers_to(asked)).flatMap((message) => message.attachments);
    assert.deepEqual(files.map((file) => file.filename), ['answer.md']);
    const words = (await (await fetch(files[0].url)).text()).split(/\s+/).filter(Boolean);
    assert.deepEqual(words, Array.from({ length: 2500 }, (_, n) => `word${n}`));
  });

  test('what a tool leaves running ends with the turn', limit, async () => {
    await stage.say('api: bash touch x && (setsid nohup sleep 600 >/dev/null 2>&1 &) then say Left one behind.');
    await stage.nothing_left();
  });
});

describe('an agent that stays', limit, () => {
  let stage;
  before(async () => (stage = await Stage.start('warm', { agent: 'warm_for = "3min"', project: 'allowed_tools = ["Bash"]' })));
  after(() => stage?.end());

  // From the mention to the API's request, in milliseconds.
  const overhead = async (words) => {
    const asked_at = performance.timeOrigin + performance.now();
    const answer = await stage.say(words);
    const request = stage.api.requests.find((each) => each.words.includes(words) && each.step === 0);
    return { answer, took: request.at - asked_at, agent: stage.agents().filter((process) => process.includes('claude-code-linux')) };
  };

  // The figures are told, not held to anything: other programs of this machine are in them.
  test('the next turn begins in a small part of the time', limit, async (t) => {
    const first = await overhead('api: say One.');
    const warm = [];
    for (let n = 2; n < 8; ++n) warm.push(await overhead(`api: say Number ${n}.`));
    assert.deepEqual(warm.map((turn) => turn.answer), [2, 3, 4, 5, 6, 7].map((n) => `Number ${n}.`));
    assert.ok(warm.every((turn) => turn.agent.length === 1 && turn.agent[0] === first.agent[0]), 'it is one process');
    const times = warm.map((turn) => Math.round(turn.took));
    const ratio = (took) => (took / first.took).toFixed(3);
    t.diagnostic(`mention to API request: ${Math.round(first.took)} ms, then ${times.join(', ')} ms; ratio of the second ${ratio(times[0])}`);
    assert.match(await stage.say('api: history'), /One.*Number 2.*Number 7/);
  });

  test('what a tool leaves running ends with the turn, the agent does not', limit, async () => {
    await stage.say('api: bash (setsid nohup sleep 601 >/dev/null 2>&1 &) then say Left one behind.');
    assert.ok(!stage.agents().some((process) => process.includes('sleep 601')));
    assert.ok(stage.agents().some((process) => process.includes('claude-code-linux')));
  });

  test('a cancel leaves it there, and the next turn goes on in it', limit, async () => {
    const before = stage.agents();
    const running = await stage.post('api: slow 600 100');
    await eventually('the turn runs', () => stage.api.requests.some((request) => request.verb === 'slow' && request.open));
    await stage.playground.react(running, '❌');
    await stage.playground.answer_to(running, /cancel/i);
    assert.equal(await stage.say('api: say Still here.'), 'Still here.');
    assert.deepEqual(stage.agents(), before);
  });

  test('a daemon that is killed in a turn of it takes the turn up, and answers once', limit, async () => {
    const words = 'A warm one: api: slow 60 100';
    const running = await stage.post(words);
    await eventually('the turn runs', () => stage.api.requests.some((request) => request.words.includes(words) && request.open));
    await stage.restart_daemon('SIGKILL');
    await stage.playground.answer_to(running, /word59$/, 60_000);
    const asked = stage.api.requests.filter((request) => request.words.includes(words) && request.step === 0);
    assert.equal(asked.length, 1);
    assert.match(await stage.say('api: history'), /One.*A warm one/);
  });

  test('one that was killed meanwhile is begun anew', limit, async () => {
    for (const agent of stage.agents().filter((process) => process.includes('claude-code-linux'))) process.kill(Number(agent.split(' ')[0]), 'SIGKILL');
    assert.match(await stage.say('api: history'), /One.*A warm one/);
  });

  test('it ends with the daemon', limit, async () => {
    await stage.restart_daemon('SIGTERM');
    await stage.nothing_left();
    await stage.say('api: say Another.');
    assert.ok(stage.agents().length > 0);
    await stage.restart_daemon('SIGKILL');
    await stage.nothing_left();
  });
});

describe('files', limit, () => {
  let stage;
  before(async () => (stage = await Stage.start('files', { project: 'allowed_tools = ["Bash"]' })));
  after(() => stage?.end());
  afterEach(() => stage.nothing_left());

  const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

  test('a picture is shown to the model, and lies in the inbox', limit, async () => {
    const attachments = [{ filename: 'dot.png', content_type: 'image/png', base64: dot }];
    const asked = await stage.post('api: pictures', { attachments });
    await stage.playground.answer_to(asked, /^I see image\/png of 69 bytes\.$/);
    const kept = fs.readFileSync(path.join(stage.project, '.coordinator', 'inbox', asked.id, 'dot.png'));
    assert.equal(kept.toString('base64'), dot);
    assert.match(await stage.say('api: history'), /\.coordinator\/inbox\/\d+\/dot\.png \(image\/png, 69 bytes, shown/);
  });

  test('what is no picture is read by the agent itself', limit, async () => {
    const attachments = [{ filename: 'notes.txt', text: 'forty-two' }];
    assert.match(await stage.say('api: bash cat .coordinator/inbox/*/notes.txt then result', { attachments }), /The tool said: forty-two/);
  });

  test('a file in the outbox comes with the answer', limit, async () => {
    const asked = await stage.post('api: bash echo all is well > "$COORDINATOR_OUTBOX/report.txt" then say Here it is.');
    await stage.playground.answer_to(asked, /^Here it is\.$/);
    const files = (await stage.playground.answers_to(asked)).flatMap((message) => message.attachments);
    assert.deepEqual(files.map((file) => file.filename), ['report.txt']);
    assert.equal(await (await fetch(files[0].url)).text(), 'all is well\n');
  });
});

describe('a tool that has to be allowed', limit, () => {
  let stage;
  before(async () => (stage = await Stage.start('leave')));
  after(() => stage?.end());
  afterEach(() => stage.nothing_left());

  const made = (name) => fs.existsSync(path.join(stage.project, name));
  const buttons = (message) => message.components.flatMap((row) => row.components);
  // The latest message with buttons of which one is called so; a select is found by its first choice.
  const asked = (label) =>
    eventually(`a message with [${label}]`, async () =>
      (await stage.playground.messages(testing)).findLast((message) => buttons(message).some((button) => button.label === label)),
    );
  const press = (message, label, user = 'alice') => {
    const { custom_id } = buttons(message).find((button) => button.label === label);
    return stage.playground.ask('POST', 'components/press', { channel: testing, message: message.id, custom_id, user });
  };
  const write = async (message, label, words) => {
    const { interaction } = await press(message, label);
    return stage.playground.ask('POST', 'modals/submit', { interaction: interaction.id, fields: { words } });
  };
  const decided = (message, pattern) =>
    eventually(`it says ${pattern}`, async () => {
      const now = (await stage.playground.messages(testing)).find((other) => other.id === message.id);
      return pattern.test(now.content) && now.components.length === 0;
    });

  test('it runs when it is allowed once, and asks again the next time', limit, async () => {
    const running = await stage.post('api: bash touch one then say Made one.');
    const message = await asked('Allow once');
    assert.match(message.content, /touch one/);
    assert.ok(!made('one'));
    await press(message, 'Allow once');
    await stage.playground.answer_to(running, /Made one/);
    assert.ok(made('one'));
    await decided(message, /allowed once by/);
  });

  test('a stranger may not decide', limit, async () => {
    const running = await stage.post('api: bash touch two then result');
    const message = await asked('Deny');
    assert.match(JSON.stringify(await press(message, 'Allow once', 'bob')), /You may not decide this/);
    assert.ok(!made('two'));
    await press(message, 'Deny');
    await stage.playground.answer_to(running, /was denied by/);
    assert.ok(!made('two'));
  });

  test('a denial carries its reason to the agent', limit, async () => {
    const running = await stage.post('api: bash touch three then result');
    const message = await asked('Deny and say why');
    await write(message, 'Deny and say why', 'use the other directory');
    await stage.playground.answer_to(running, /use the other directory/);
    assert.ok(!made('three'));
  });

  test('what is allowed for the session does not ask again, in the next turn either', limit, async () => {
    const running = await stage.post('api: bash touch four then bash touch four then say Both.');
    await press(await asked('Allow for this session'), 'Allow for this session');
    await stage.playground.answer_to(running, /Both/);
    assert.match(await stage.say('api: bash touch four then say Once more.'), /Once more/);
  });

  test('a daemon that is killed while it waits is none the worse for it', limit, async () => {
    const running = await stage.post('api: bash touch five then say Made five.');
    const message = await asked('Allow once');
    await stage.restart_daemon('SIGKILL');
    await press(message, 'Allow once');
    await stage.playground.answer_to(running, /Made five/);
    assert.ok(made('five'));
  });

  test('a question becomes buttons, and its answer reaches the agent', limit, async () => {
    const options = [{ label: 'Red', description: 'warm' }, { label: 'Blue', description: 'cold' }];
    const questions = [{ question: 'Which colour?', header: 'Colour', options, multiSelect: false }];
    const running = await stage.post(`api: use AskUserQuestion ${JSON.stringify({ questions })} then result`);
    const message = await asked('Blue');
    await press(message, 'Blue');
    await stage.playground.answer_to(running, /Which colour\?.*Blue/);
    await decided(message, /has answered/);
  });

  test('a plan is approved, or sent back with what should change', limit, async () => {
    const running = await stage.post('api: use EnterPlanMode {} then use ExitPlanMode {"plan":"1. **Look** at it"} then result');
    const plan = await asked('Revise');
    assert.match(plan.content, /1\. \*\*Look\*\* at it/);
    await write(plan, 'Revise', 'look twice');
    await stage.playground.answer_to(running, /look twice/);
    const again = await stage.post('api: use EnterPlanMode {} then use ExitPlanMode {"plan":"1. Look **twice**"} then result');
    await press(await asked('Approve'), 'Approve');
    await stage.playground.answer_to(again, /approved/);
  });

  test('a cancelled turn takes its request back', limit, async () => {
    const running = await stage.post('api: bash touch six then say never');
    const message = await asked('Allow once');
    await stage.playground.react(running, '❌');
    await decided(message, /no longer asks/);
    assert.ok(!made('six'));
  });
});

describe('a turn that goes wrong', limit, () => {
  let stage;
  before(async () => (stage = await Stage.start('trouble', { project: 'allowed_tools = ["Bash"]\ninactivity_timeout = "4s"' })));
  after(() => stage?.end());
  afterEach(() => stage.nothing_left());

  const still_works = async () => assert.equal(await stage.say('api: say Still here.'), 'Still here.');

  test('an error of the API: a sentence with an id that is in the log, and nothing internal', limit, async () => {
    const answer = await stage.say('api: fail 400');
    const id = /`([0-9a-z]{8})`/.exec(answer)?.[1];
    assert.ok(id, `no id in: ${answer}`);
    assert.doesNotMatch(answer, /internal detail|mock|http:|127\.0\.0\.1|claude-code/);
    assert.match(stage.daemon.output, new RegExp(id));
    await still_works();
  });

  test('an agent that hangs: the channel is told, and the queue goes on', limit, async () => {
    const hanging = await stage.post('api: hang');
    const next = await stage.post('api: say The next one.');
    await stage.playground.answer_to(hanging, /stopped/i);
    await stage.playground.answer_to(next, /^The next one\.$/);
  });

  test('a cancel by reaction: the turn ends, and the queue goes on', limit, async () => {
    const running = await stage.post('api: slow 600 100');
    const next = await stage.post('api: say After the cancel.');
    await eventually('the turn runs', () => stage.api.requests.some((request) => request.verb === 'slow' && request.open));
    await stage.playground.react(running, '❌');
    await stage.playground.answer_to(running, /cancel/i);
    await stage.playground.answer_to(next, /After the cancel\./);
  });

  test('a cancel while a tool runs ends the tool too', limit, async () => {
    const running = await stage.post('api: bash sleep 500 then say never');
    await eventually('the tool runs', () => stage.agents().some((process) => process.includes('sleep 500')));
    await stage.playground.react(running, '❌');
    await stage.playground.answer_to(running);
    await stage.nothing_left();
    await still_works();
  });

  test('a claude that was killed: the channel is told, and the queue goes on', limit, async () => {
    const running = await stage.post('api: slow 600 100');
    await eventually('the turn runs', () => stage.api.requests.some((request) => request.verb === 'slow' && request.open));
    const agent = stage.agents().find((process) => process.includes('claude-code-linux'));
    process.kill(Number(agent.split(' ')[0]), 'SIGKILL');
    await stage.playground.answer_to(running, /`[0-9a-z]{8}`/);
    await still_works();
  });

  const begin_slow_turn = async (words) => {
    const running = await stage.post(words);
    await eventually('the turn runs', () => stage.api.requests.some((request) => request.words.includes(words) && request.open));
    return running;
  };

  test('the token is not in what a tool can see', limit, async () => {
    const answer = await stage.say('api: bash env | sort then result');
    assert.match(answer, /^The tool said: [^]*HOME=/);
    assert.doesNotMatch(answer, /DISCORD/);
  });

  test('SIGINT ends the daemon and the turn, leaves no process, and the channel is told', limit, async () => {
    const running = await begin_slow_turn('api: slow 601 100');
    assert.deepEqual(await stage.daemon.end('SIGINT'), { code: 0, signal: null });
    await stage.nothing_left();
    await stage.start_daemon();
    await stage.playground.answer_to(running, /shutting down|went down/);
    await still_works();
  });

  // The longer one takes a minute.
  for (const [signal, words] of [['SIGTERM', 60], ['SIGKILL', 600]])
    test(`${signal} ends the daemon only: the turn goes on, and the next daemon gives its answer once`, limit, async () => {
      const running = await begin_slow_turn(`${signal}: api: slow ${words} 100`);
      await stage.restart_daemon(signal);
      await stage.playground.answer_to(running, new RegExp(`word${words - 1}$`), 100_000);
      await still_works();
      const answer = (await stage.playground.answers_to(running)).map((message) => message.content).join(' ');
      assert.deepEqual(answer.split(/\s+/), Array.from({ length: words }, (_, i) => `word${i}`));
      assert.match(await stage.say('api: history'), new RegExp(`${signal}: api: slow`)); // the session goes on
    });

  test('a session that Claude Code no longer knows: a new one, and the channel is told', limit, async () => {
    await still_works();
    fs.rmSync(path.join(stage.home, '.claude'), { recursive: true });
    const answer = await stage.say('api: say Started again.');
    assert.match(answer, /Started again\./);
    assert.match(answer, /new one|new session|new conversation/);
  });
});
