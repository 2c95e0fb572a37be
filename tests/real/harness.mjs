// The stage of these tests: a playground, a daemon, and the real Claude Code against a stand-in of its API, all on loopback.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMockApi } from './mock-api.mjs';

const build = process.env.REAL_BUILD;
const npm = process.env.REAL_NPM;
assert.ok(build && npm, 'start these tests by tests/real/run.sh: it says where the programs are');

// What npm installed for us, and only that.
export const require = createRequire(path.join(npm, 'package.json'));
export const claude = path.join(npm, `node_modules/@anthropic-ai/claude-code-linux-${process.arch}/claude`);

export const testing = '1100000000000000011'; // the channels of the playground's own world
export const major_domo = '1100000000000000010';

export async function eventually(what, check, { within = 20_000, every = 50 } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited ${within / 1000} s in vain: ${what}`);
    await sleep(every);
  }
}

// ---- a child process with its output in a file; it never outlives the test

const children = new Set();
process.on('exit', () => children.forEach((child) => child.process.kill('SIGKILL')));

export class Child {
  constructor(program, args, environment, log) {
    this.log = log;
    const output = fs.openSync(log, 'a');
    this.process = spawn(program, args, { env: environment, stdio: ['ignore', output, output] });
    fs.closeSync(output);
    this.ended = new Promise((ended) => this.process.on('close', (code, signal) => (children.delete(this), ended({ code, signal }))));
    this.process.on('error', (error) => fs.appendFileSync(log, `${program}: ${error.message}\n`));
    children.add(this);
  }

  async end(signal = 'SIGTERM', patience = 20_000) {
    this.process.kill(signal);
    const late = setTimeout(() => this.process.kill('SIGKILL'), patience);
    const how = await this.ended;
    clearTimeout(late);
    return how;
  }

  get running() {
    return children.has(this);
  }

  get output() {
    return fs.readFileSync(this.log, 'utf8');
  }
}

// ---- the playground

export class Playground {
  static async start(name, directory) {
    const port_file = path.join(directory, 'playground.port');
    const record = path.join(process.env.REAL_RECORDS, `${name}.ndjson`);
    const program = path.join(build, 'coordinator-playground');
    const child = new Child(program, ['--port', '0', '--port-file', port_file, '--record', record], process.env, path.join(directory, 'playground.log'));
    const port = await eventually('the playground writes its port', () => {
      assert.ok(child.running, `the playground ended:\n${child.output}`);
      return fs.existsSync(port_file) && fs.readFileSync(port_file, 'utf8').trim();
    });
    return new Playground(child, `http://127.0.0.1:${port}`);
  }

  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  async ask(method, route, body) {
    const response = await fetch(`${this.url}/control/${route}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    assert.ok(response.ok, `${method} /control/${route}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  // Says it as a person who mentions the bot; -> the whole answer as one text. Waits until the bot has said everything.
  async say(channel, content, more = {}) {
    const { answers } = await this.ask('POST', 'say', { channel, content, timeout_ms: 60_000, quiet_ms: 700, ...more });
    return answers.map((message) => message.content).join('\n');
  }

  // The same without waiting; -> the message.
  post = async (channel, content, more = {}) => (await this.ask('POST', 'messages', { channel, content, ...more })).message;
  messages = async (channel) => (await this.ask('GET', `messages?channel=${channel}`)).messages;
  // The bot's messages that answer this one: the first refers to it, those behind it follow in the channel until one refers
  // to another.
  answers_to = async (message) => {
    let ours = false;
    return (await this.messages(message.channel_id)).filter((other) => {
      if (other.author.bot && other.message_reference) ours = other.message_reference.message_id === message.id;
      return other.author.bot && ours;
    });
  };
  // The first answer whose content matches; -> the content.
  answer_to = (message, pattern = /./, within = 30_000) =>
    eventually(
      `an answer like ${pattern} to "${message.content}"`,
      async () => (await this.answers_to(message)).map((answer) => answer.content).find((content) => pattern.test(content)),
      { within },
    );
  react = (message, emoji, more = {}) => this.ask('POST', 'reactions', { channel: message.channel_id, message: message.id, emoji, ...more });
  fault = (fault, more = {}) => this.ask('POST', 'faults', { fault, ...more });
  gateway = () => this.ask('GET', 'gateway');
  connected = async () => (await this.ask('GET', 'world')).gateway.connected;
  end = () => this.child.end();
}

// ---- everything together

export class Stage {
  // `project`, `limits` and `agent` are lines of TOML, `command` is the agent's. The one project lives in #testing, and in as many
  // channels beside it as `more_channels` says: stage.channels are all of them.
  static async start(name, { project = '', limits = '', agent = '', command = [claude], more_channels = 0 } = {}) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'coordinator-real-'));
    const stage = new Stage(directory);
    try {
      stage.api = await startMockApi();
      stage.playground = await Playground.start(name, directory);
      stage.channels = [testing, ...(await stage.add_channels(more_channels))];
      stage.configure({ project, limits, agent, command });
      await stage.start_daemon();
      return stage;
    } catch (error) {
      await stage.end();
      throw error;
    }
  }

  constructor(directory) {
    this.directory = directory;
    this.home = path.join(directory, 'home');
    this.project = path.join(directory, 'project');
    for (const folder of [this.home, this.project, path.join(directory, 'state'), path.join(directory, 'tmp')]) fs.mkdirSync(folder);
  }

  async add_channels(count) {
    const made = [];
    for (let n = 1; n <= count; ++n) made.push((await this.playground.ask('POST', 'channels', { name: `room-${n}` })).channel.id);
    return made;
  }

  configure({ project, limits, agent, command }) {
    const environment = {
      ANTHROPIC_BASE_URL: this.api.url,
      ANTHROPIC_API_KEY: 'sk-ant-test-dummy',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_MAX_RETRIES: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
    };
    this.config = path.join(this.directory, 'coordinator.toml');
    fs.writeFileSync(
      this.config,
      `[limits]
${limits}

[agents.claude]
command = ${JSON.stringify(command)}
environment = { ${Object.entries(environment).map(([name, value]) => `${name} = "${value}"`).join(', ')} }
${agent}

[projects.testing]
channels      = ${JSON.stringify(this.channels)}
directory     = "${this.project}"
agent         = "claude"
model         = "sonnet"
allow         = ["everyone"]
${project}
`,
    );
  }

  async start_daemon() {
    const environment = {
      PATH: process.env.PATH,
      HOME: this.home,
      LANG: 'C.UTF-8',
      TMPDIR: path.join(this.directory, 'tmp'),
      STATE_DIRECTORY: path.join(this.directory, 'state'),
      DISCORD_TOKEN: 'playground',
      DISCORD_API_URL: `${this.playground.url}/api/v10`,
      ...sanitizer_options(),
    };
    this.daemon = new Child(path.join(build, 'coordinatord'), ['--config', this.config], environment, path.join(this.directory, 'daemon.log'));
    await eventually('the daemon is ready', async () => {
      assert.ok(this.daemon.running, `the daemon ended:\n${this.daemon.output}`);
      return this.playground.connected();
    });
  }

  async restart_daemon(signal = 'SIGTERM') {
    await this.daemon.end(signal);
    await eventually('the playground sees the daemon go', async () => !(await this.playground.connected()));
    await this.start_daemon();
  }

  say = (content, more) => this.playground.say(testing, content, more);
  post = (content, more) => this.playground.post(testing, content, more);

  // Every process that was started with our home directory, other than the daemon: agents and whatever they started.
  agents() {
    const found = [];
    for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (Number(pid) === this.daemon?.process.pid || !fs.readFileSync(`/proc/${pid}/environ`, 'latin1').includes(this.directory)) continue;
        found.push(`${pid} ${fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').slice(0, 200)}`);
      } catch {
        continue; // it has just ended, or is not ours
      }
    }
    return found;
  }

  async nothing_left() {
    const last = { left: [] };
    await eventually('the processes of the turn end', () => (last.left = this.agents()).length === 0, { within: 15_000 }).catch(() =>
      assert.deepEqual(last.left, []),
    );
  }

  // The daemon must end well: a crash on the way out, or what a sanitizer has to say, is its exit status.
  async end() {
    const how = this.daemon?.running ? await this.daemon.end() : { code: 0 };
    const words = this.daemon?.output;
    if (this.playground) await this.playground.end();
    if (this.api) await this.api.close();
    for (const left of this.agents()) kill(Number(left.split(' ')[0]));
    if (process.env.REAL_KEEP) console.log(`kept: ${this.directory}`);
    else fs.rmSync(this.directory, { recursive: true, force: true });
    assert.equal(how.code, 0, words);
  }
}

const sanitizer_options = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(A|L|UB)SAN_OPTIONS$/.test(name)));

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
