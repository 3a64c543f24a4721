// No answer holds the event loop for long, or costs more CPU time than its budget, whatever it consists of.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { watchLoop, type LoopUse } from '@parley/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { AgentError, type AgentEvent } from '../src/index.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { requestTo } from './raw-agent.ts';

const MB = 1024 * 1024;
// Held beyond what a harmless answer holds the loop in the same process.
const MAX_HELD_MS = 50;
// The sum of the budget of parsing (`maxParseMs`) and the time to read 128 MB from a socket.
const MAX_WORKED_MS = 8_000;
// A body as large as the limits allow takes long: CI sends all of it.
const BODY_MB = process.env['CI'] === undefined ? 8 : 160;

interface Part {
  bytes: Uint8Array;
  times: number;
}

interface Hostile {
  type?: string;
  encoding?: string;
  parts: Part[];
}

const text = (data: string, times = 1): Part => ({ bytes: Buffer.from(data), times });
/** `unit` again and again until `mb` megabytes are sent. */
const flood = (unit: string, mb = BODY_MB): Part => {
  const bytes = Buffer.from(unit.repeat(Math.ceil(MB / Buffer.byteLength(unit))));
  return { bytes, times: Math.ceil((mb * MB) / bytes.length) };
};
const sse = (...parts: Part[]): Hostile => ({ type: 'text/event-stream', parts });
const json = (...parts: Part[]): Hostile => ({ parts });
const frame = (content: string, itemIndex = 0, nodeId = 'a') =>
  `${JSON.stringify({ type: 'item', content, metadata: { nodeId, itemIndex, nodeName: nodeId } })}\n`;
const begin = (itemIndex = 0, nodeId = 'a') =>
  `${JSON.stringify({ type: 'begin', metadata: { nodeId, itemIndex, nodeName: nodeId } })}\n`;
const end = (itemIndex = 0, nodeId = 'a') =>
  `${JSON.stringify({ type: 'end', metadata: { nodeId, itemIndex, nodeName: nodeId } })}\n`;
const keys = (count: number, name: (index: number) => string) =>
  `{${Array.from({ length: count }, (_, index) => `${JSON.stringify(name(index))}:{}`).join(',')}}`;
const packed = (encoding: string, data: Buffer): Hostile => ({
  encoding,
  parts: [{ bytes: data, times: 1 }],
});

/** A gzip body of blocks that decode to nothing. */
function emptyBlocks(mb: number): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  return Buffer.concat([header, Buffer.alloc(mb * MB, Buffer.from([0, 0, 0, 0xff, 0xff]))]);
}

const hostile: Record<string, () => Hostile> = {
  'gzipped open brackets': () => packed('gzip', gzipSync(Buffer.alloc(16 * MB, '['))),
  'open brackets': () => json(flood('[', 16)),
  'open braces': () => json(flood('{"a":', 16)),
  'server-sent comments': () => sse(text('data: a\n\n'), flood(':\n')),
  'server-sent keep-alives': () => sse(text('data: a\n\n'), flood(': keep-alive\n\n')),
  'empty events': () => sse(text('data: a\n\n'), flood('data:\n\n')),
  'blank lines': () => sse(text('data: a\n\n'), flood('\n')),
  'tiny events': () => sse(flood('data: {"content":"a"}\n\n')),
  'events of white space': () => sse(text('data: {"content":"a"}\n\n'), flood('data: {"content":" "}\n\n')),
  'events of nested arrays': () => sse(flood(`data: {"a":${'['.repeat(16_000)}\n\n`)),
  'one event of nested arrays': () => sse(text('data: {"a":'), flood('[', 2)),
  'one event of many keys': () => sse(text(`data: ${keys(150_000, String)}\n\n`)),
  statuses: () => sse(flood('data: {"event":"nextAgent","data":"x"}\n\n')),
  'replaced text': () => sse(flood(`data: {"event":"message_replace","answer":"${'x'.repeat(1_000)}"}\n\n`)),
  'withdrawn steps': () => sse(flood('data: {"type":"start-step"}\n\ndata: {"type":"reset-step"}\n\n')),
  'reasoning deltas': () =>
    sse(text('data: {"content":"a"}\n\n'), flood('data: {"choices":[{"delta":{"reasoning":"a"}}]}\n\n')),
  'reasoning of white space': () =>
    sse(text('data: {"content":"a"}\n\n'), flood('data: {"choices":[{"delta":{"reasoning":" \\n"}}]}\n\n')),
  'tool calls': () =>
    sse(
      flood(
        'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"t","arguments":"{}"}}]}}]}\n\n',
      ),
    ),
  'tools with large outputs': () =>
    sse(
      text(
        `data: {"type":"tool-output-available","toolCallId":"1","output":[${'{"a":"b"},'.repeat(9_000)}1]}\n\n`,
        40,
      ),
    ),
  sources: () => sse(flood('data: {"type":"source-url","url":"https://example.com/a","title":"a"}\n\n')),
  'messages that start again': () =>
    sse(
      flood(
        'event: messages/partial\ndata: [{"type":"ai","id":"1","content":"a"}]\n\nevent: messages/partial\ndata: [{"type":"ai","id":"1","content":"b"}]\n\n',
      ),
    ),
  'reasoning without its first tag': () =>
    sse(flood('data: {"content":"a</think>b"}\n\ndata: {"type":"text-start"}\n\n')),
  'tags and code': () => sse(flood('data: {"content":"a <think>`<`</think>"}\n\n')),
  'plain text of tags': () => ({ type: 'text/plain', parts: [text('a'), flood('<think')] }),
  'plain text of backticks': () => ({ type: 'text/plain', parts: [text('a'), flood('`', 8)] }),
  'reasoning that begins within a line': () => ({
    type: 'text/plain',
    parts: [text('a <think>'), flood('</x')],
  }),
  'n8n turns': () => json(text(begin() + frame('a'.repeat(1_000_000))), flood(begin() + frame('a') + end())),
  'n8n turns of reasoning': () =>
    json(text(begin() + frame('a'.repeat(1_000_000)) + end()), flood(begin() + frame('a</think>b') + end())),
  'n8n nodes': () => json(...Array.from({ length: 3_000 }, (_, index) => text(begin(index, `${index}`)))),
  'one value of many keys': () => json(text(keys(400_000, (index) => `key ${index}`))),
  'one value of many long keys': () => json(text(keys(60_000, (index) => `${index}`.padStart(100, 'x')))),
  'one value of many objects': () => json(text(`[${'{"a":{}},'.repeat(500_000)}{}]`)),
  'one value of a long number': () => json(text('['), flood('1', 7)),
  'one value of white space': () => json(text('{"output":'), flood(' ', 7)),
  'one value of plain text': () => json(text('{"output":"'), flood('x', 7), text('"}')),
  'one value of escapes': () => json(text('{"output":"'), flood('a\\n', 7), text('"}')),
  'one value of Chinese escapes': () => json(text('{"output":"'), flood('\\u6f22', 7), text('"}')),
  'one value of NULs': () => json(text('{"output":"'), flood('\\u0000', 7), text('"}')),
  'one value of halves of characters': () => json(text('{"output":"'), flood('\\ud83d', 7), text('"}')),
  'one value of control characters': () => json(text('{"output":"'), flood('\\u0001', 7), text('"}')),
  'one value of backslashes': () => json(text('{"output":"'), flood('\\\\', 7), text('"}')),
  'one value of many texts': () => json(text(`[${'{"text":"a"},'.repeat(90_000)}{}]`)),
  'one value of many lines': () => json(text('{\n'), flood('"a": 1,\n', 7)),
  'blank lines after an object': () => json(text('{"a":1}\n'), flood('\n')),
  'broken lines after an object': () => json(text('{"a":1}\n'), flood('x\n', 7)),
  'lines of JSON': () => json(flood('{"content":"a"}\n')),
  'plain text of spaces': () => ({ type: 'text/plain', parts: [text('a'), flood(' ')] }),
  'plain text of NULs': () => ({ type: 'text/plain', parts: [text('a'), flood('\0', 8)] }),
  'n8n items': () => json(flood(begin() + frame('a'))),
  'n8n keep-alives': () => json(text(begin() + frame('a')), flood('{"type":"keepalive"}\n')),
  'n8n errors': () =>
    json(text(begin()), flood(`${JSON.stringify({ type: 'error', content: '-eyJ'.repeat(4_000) })}\n`)),
  'n8n retries': () => json(flood(begin() + frame('some text', 0))),
  'n8n items of one text after another': () =>
    json(
      ...Array.from({ length: 1_000 }, (_, index) =>
        text(begin(index, `${index}`) + frame(`${'a b '.repeat(9_000)}${index}`, index, `${index}`)),
      ),
    ),
  'n8n items that wait for the first': () =>
    json(text(begin(0)), text(begin(1)), flood(frame('a'.repeat(10_000), 1), 24)),
  'an n8n item of nested JSON': () => json(text(begin()), text(frame(`{"output":${'['.repeat(3 * MB)}`))),
  'an n8n item of stringified JSON': () => {
    let content = 'x'.repeat(1_000);
    for (let depth = 0; depth < 10; depth++) content = JSON.stringify({ output: content });
    return json(text(begin()), flood(frame(content)));
  },
  'an n8n item of one long text': () => json(text(begin()), text(frame('a b '.repeat(MB)))),
  'a gzipped text': () => packed('gzip', gzipSync(Buffer.alloc(200 * MB, 'a'))),
  'a brotli text': () =>
    packed(
      'br',
      brotliCompressSync(Buffer.alloc(200 * MB, ' '), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
    ),
  'a zstd text': () => packed('zstd', zstdCompressSync(Buffer.alloc(200 * MB, '\n'))),
  'gzip within gzip that decodes to nothing': () => packed('gzip, gzip', gzipSync(emptyBlocks(200))),
  'a text in GB18030 with an invalid end': () => ({
    type: 'text/plain; charset=gb18030',
    parts: [
      { bytes: Buffer.alloc(MB, Buffer.from([0x94, 0x39, 0xda, 0x33])), times: 3 },
      { bytes: Buffer.from([0xff]), times: 1 },
    ],
  }),
  'a text in ISO 8859-5': () => ({
    type: 'text/plain; charset=iso-8859-5',
    parts: [{ bytes: Buffer.alloc(MB, 0xff), times: BODY_MB }],
  }),
  'a page': () => ({ type: 'text/html', parts: [flood('<!--')] }),
};

async function read({ type = 'application/json', encoding, parts }: Hostile) {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${encoding === undefined ? '' : `Content-Encoding: ${encoding}\r\n`}\r\n`;
  const sender = new Worker(new URL('processes/hostile-sender.ts', import.meta.url), {
    workerData: { head, parts },
  });
  try {
    const [{ port }] = (await once(sender, 'message')) as [{ port: number }];
    return await watchLoop(() => readToEnd(callLoopbackAgent(requestTo(`http://127.0.0.1:${port}/`))));
  } finally {
    await sender.terminate();
  }
}

/** Keeps no event: a collection of millions would itself hold the loop. */
async function readToEnd(events: AsyncIterable<AgentEvent>): Promise<AgentError | undefined> {
  try {
    for await (const _ of events);
    return undefined;
  } catch (error) {
    if (error instanceof AgentError) return error;
    throw error;
  }
}

describe('the event loop while a hostile agent answers', () => {
  let baseline: LoopUse & { result: AgentError | undefined };
  beforeAll(async () => {
    const harmless = sse(text('data: {"content":"some text "}\n\n', 10_000), text('data: [DONE]\n\n'));
    // The first reads compile the code.
    for (let round = 0; round < 3; round++) baseline = await read(harmless);
    if (baseline.result !== undefined) throw baseline.result;
  }, 60_000);

  it.each(Object.keys(hostile))(
    'is never held for more than 50 ms by %s',
    { timeout: 120_000 },
    async (name) => {
      const answer = hostile[name]?.();
      if (answer === undefined) throw new Error(`There is no answer named ${name}.`);
      const { heldMs, workedMs } = await read(answer);
      expect(heldMs - baseline.heldMs).toBeLessThan(MAX_HELD_MS);
      expect(workedMs).toBeLessThan(MAX_WORKED_MS);
    },
  );
});
