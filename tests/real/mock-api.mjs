// A stand-in for Anthropic's Messages API: enough for the real Claude Code to run whole turns on loopback.
//
// The user's own words are the script: "api: STEP then STEP ...", and step n answers the n-th request that is made for
// those words. All state is in the requests themselves, so sessions, restarts and parallel turns need no book here.
//
//   say WORDS              that text                       history    all the user's texts so far, as a JSON list
//   bash COMMAND           a use of the tool Bash          result     the text of the last tool result
//   use TOOL JSON           a use of that tool with that input
//   fail STATUS            an HTTP error                   hang       the request is taken, and no byte comes back
//   slow COUNT MS          COUNT words, one every MS milliseconds
//   pictures               how many pictures came with the user's last words, and of which kinds and sizes
//
// Past the last step the text is "done"; words without a script are echoed.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const errors = { 400: 'invalid_request_error', 401: 'authentication_error', 429: 'rate_limit_error', 500: 'api_error', 529: 'overloaded_error' };

// -> {url, requests, close}. `requests` grows by {words, step, verb, open, at} for each request that a turn made.
export async function startMockApi() {
  const requests = [];
  const server = http.createServer(async (request, response) => {
    try {
      await route(request, response, requests);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else fail(response, 400, `mock: ${error.message}`);
    }
  });
  server.requestTimeout = 0;
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => new Promise((closed) => (server.close(closed), server.closeAllConnections())),
  };
}

async function route(request, response, requests) {
  const path = request.url.split('?')[0];
  const body = await read(request);
  if (path === '/v1/messages') return answer(JSON.parse(body), response, requests);
  if (path === '/v1/messages/count_tokens') return json(response, 200, { input_tokens: Math.ceil(body.length / 4) });
  if (request.method === 'HEAD' || path === '/') return response.writeHead(200).end();
  fail(response, 404, `mock: no route ${path}`);
}

async function answer(body, response, requests) {
  // Claude Code also asks for titles and the like, on the side. Those are no part of the turn.
  if (body.output_config?.format || body.max_tokens === 1) return send(body, response, [text('{"title":"A test"}')]);

  const script = read_script(body.messages ?? []);
  const record = { words: script.words, step: script.step, verb: script.verb, open: true, at: performance.timeOrigin + performance.now() };
  requests.push(record);
  response.on('close', () => (record.open = false));

  if (script.verb === 'hang') return;
  if (script.verb === 'fail') return fail(response, Number(script.argument), `mock: internal detail of error ${script.argument}`);
  if (script.verb === 'slow') {
    const [count, pause] = script.argument.split(' ').map(Number);
    return send(body, response, [text(Array.from({ length: count }, (_, n) => `word${n} `).join(''))], pause);
  }
  if (script.verb === 'bash')
    return send(body, response, [{ type: 'tool_use', id: `toolu_${requests.length}`, name: 'Bash', input: { command: script.argument, description: 'a test' } }]);
  if (script.verb === 'use') {
    const [name, ...input] = script.argument.split(' ');
    return send(body, response, [{ type: 'tool_use', id: `toolu_${requests.length}`, name, input: JSON.parse(input.join(' ')) }]);
  }
  const words = {
    say: () => script.argument,
    echo: () => `You said: ${script.words}`,
    history: () => JSON.stringify(script.history),
    pictures: () => `I see ${script.pictures.join(', ') || 'nothing'}.`,
    result: () => `The tool said: ${script.result}`,
  }[script.verb];
  send(body, response, [text(words ? words() : `mock: there is no step "${script.verb}"`)]);
}

// ---- what the conversation asks for

function read_script(messages) {
  const own = messages.map((message) => (message.role === 'user' ? words_of(message.content) : ''));
  const at = own.findLastIndex((words) => words !== '');
  const words = own[at] ?? '';
  const step = messages.slice(at + 1).filter((message) => message.role === 'assistant').length;
  const steps = [...words.matchAll(/\bapi: ([^\n]*)/g)].at(-1)?.[1].split(' then ') ?? ['echo'];
  const [verb, ...rest] = (steps[step] ?? 'say done').trim().split(' ');
  return { words, step, verb, argument: rest.join(' '), history: own.filter(Boolean), result: last_result(messages), pictures: pictures_of(messages[at]?.content) };
}

// "image/png of 70 bytes"
function pictures_of(content) {
  const images = Array.isArray(content) ? content.filter((block) => block.type === 'image') : [];
  return images.map(({ source }) => `${source.media_type} of ${Buffer.from(source.data, 'base64').length} bytes`);
}

// What Claude Code adds to the user's words on its own account is left out.
function words_of(content) {
  if (typeof content === 'string') return content.trim();
  const texts = content.filter((block) => block.type === 'text').map((block) => block.text);
  return texts.filter((words) => !/^(<system-reminder>|\[Request interrupted)/.test(words)).join('\n').trim();
}

function last_result(messages) {
  const results = messages.flatMap((message) => (Array.isArray(message.content) ? message.content : [])).filter((block) => block.type === 'tool_result');
  const content = results.at(-1)?.content ?? '';
  return typeof content === 'string' ? content : content.map((block) => block.text ?? '').join('\n');
}

// ---- the API's shapes: https://docs.anthropic.com/en/api/messages-streaming

const text = (words) => ({ type: 'text', text: words });

async function send(body, response, blocks, pause = 0) {
  const stop = { stop_reason: blocks.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn', stop_sequence: null };
  const usage = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 20 };
  const id = `msg_${Math.random().toString(36).slice(2)}`;
  const message = { id, type: 'message', role: 'assistant', model: body.model, content: [], stop_reason: null, stop_sequence: null, usage };
  if (!body.stream) return json(response, 200, { ...message, ...stop, content: blocks });

  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (type, data) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  event('message_start', { message });
  for (const [index, block] of blocks.entries()) {
    const tool = block.type === 'tool_use';
    event('content_block_start', { index, content_block: tool ? { ...block, input: {} } : text('') });
    for (const piece of tool ? [JSON.stringify(block.input)] : block.text.match(/\S*\s*/g)) {
      event('content_block_delta', { index, delta: tool ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece } });
      if (pause) await sleep(pause);
      if (response.destroyed) return;
    }
    event('content_block_stop', { index });
  }
  event('message_delta', { delta: stop, usage });
  event('message_stop', {});
  response.end();
}

function fail(response, status, message) {
  json(response, status, { type: 'error', error: { type: errors[status] ?? 'api_error', message } });
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_mock' });
  response.end(JSON.stringify(value));
}

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
