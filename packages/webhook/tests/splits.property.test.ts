import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentLimits } from '../src/agent-limits.ts';
import { parseInPieces } from './collect-answer.ts';

const node = (nodeId: string, itemIndex: number) => ({ nodeId, nodeName: nodeId, itemIndex, runIndex: 0 });
const word = fc.constantFrom(
  'w ',
  ' ',
  '\n',
  'é',
  '👩‍👩‍👧',
  '{"output":"w"}',
  '{"a":1}',
  '{}',
  '',
  'w w w w',
  '<think>',
  '</think>',
  '<thi',
  '`',
);

const n8nLine = fc
  .record({
    type: fc.constantFrom('begin', 'item', 'item', 'item', 'end', 'error', 'keepalive', 'later'),
    content: fc.option(word, { nil: undefined }),
    metadata: fc.option(
      fc.tuple(fc.constantFrom('A', 'B'), fc.integer({ min: 0, max: 1 })).map(([id, item]) => node(id, item)),
      { nil: undefined },
    ),
  })
  .map((frame) => `${JSON.stringify(frame)}\n`);

const knownAgents = fc
  .constantFrom<object>(
    { type: 'response.output_item.added', item: { type: 'message' } },
    { type: 'response.output_text.delta', delta: 'a ' },
    { type: 'response.completed', response: { object: 'response', output: [] } },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: ' b' },
    { type: 'start-step' },
    { type: 'reset-step' },
    { type: 'tool-input-start', toolName: 't' },
    { type: 'error', errorText: 'x' },
    { event: 'token', data: 'c' },
    { event: 'end', data: '[DONE]' },
    { event: 'message', answer: 'd\n' },
    { event: 'message_replace', answer: 'e' },
    { event: 'workflow_finished', data: { status: 'succeeded', outputs: { text: 'f' } } },
    { event: 'on_chat_model_stream', data: { chunk: { content: 'g' } } },
    { message: { content: 'h' }, done: false },
    { response: '', done: true },
    { choices: [{ delta: { content: 'i' } }] },
    { choices: [{ delta: { reasoning: 'k' } }] },
    {
      choices: [{ delta: { tool_calls: [{ index: 0, id: '1', function: { name: 't', arguments: '{}' } }] } }],
    },
    { choices: [{ delta: {}, finish_reason: 'length' }] },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'l' },
    { type: 'TOOL_CALL_START', toolCallId: '1', toolCallName: 't' },
    { type: 'TOOL_CALL_RESULT', toolCallId: '1', content: 'm' },
    { type: 'RUN_ERROR', message: 'x' },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: '1', name: 't' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'n' } },
    { candidates: [{ content: { parts: [{ text: 'o' }] } }] },
    {
      jsonrpc: '2.0',
      result: { kind: 'artifact-update', artifact: { artifactId: 'a', parts: [{ text: 'p' }] } },
    },
    { type: 'text-delta', from: 'AGENT', payload: { text: 'q' } },
    { event: 'token', data: { chunk: 'r', id: 'm' } },
    { event: 'add_message', data: { sender: 'Machine', text: 'r s', id: 'm' } },
    [{ type: 'AIMessageChunk', id: '1', content: 't' }, {}],
    { content: '<think>u</think>' },
    { content: '</think>' },
    { content: ' j' },
    { other: 1 },
  )
  .chain((value) =>
    fc
      .constantFrom(
        'data: @\n\n',
        'data:@\r\n\r\n',
        '@\n',
        '@\r\n',
        'message:\ndata:@\n\n',
        'event: data\ndata: @\n\n',
        'event: messages\ndata: @\n\n',
        'event: messages/partial\ndata: @\n\n',
      )
      .map((frame) => frame.replace('@', JSON.stringify(value))),
  );

const fragment = fc.oneof(
  n8nLine,
  knownAgents,
  fc.constantFrom(
    ...[
      'data: ',
      'data:',
      'event: error',
      'id: 1',
      'retry: 5',
      ': hi',
      ':',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      'dat',
    ],
    ...[
      'data: {"content":"a "}\n\n',
      'data: [DONE]\n\n',
      'data: {"error":"x"}\n\n',
      'data: é \n\n',
      'data: {\n\n',
    ],
    ...[
      '{"output":"a"}',
      '{"message":"Workflow was started"}',
      '[',
      ']',
      '{',
      '}',
      '"',
      ',',
      '[1]',
      '[{"text":"a"}]',
    ],
    ...[
      '<',
      '!--',
      '-->',
      '<!doctype html>',
      '<html',
      '<b>',
      'n8n is starting up. Please wait',
      'null',
      'n',
      '.',
    ],
    ...['<think>', '</think>', '<th', '`', '```', '~~~', '%PDF-1.4', 'GIF8', 'ID3', 'PK'],
    ...[' ', '\t', 'word', 'é', '👩‍👩‍👧', '\ufeff', '\0', 'Error in workflow'],
  ),
);

// Streams of one kind, and mixed ones.
const structured = fc
  .oneof(fc.array(fragment, { maxLength: 12 }), fc.array(knownAgents, { maxLength: 12 }))
  .map((parts) => Buffer.from(parts.join('')));
const spoiled = fc
  .tuple(structured, fc.nat(), fc.integer({ min: 128, max: 255 }))
  .map(([bytes, at, byte]) => {
    const copy = Uint8Array.from(bytes);
    if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  });
const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 5, arbitrary: structured },
  { weight: 1, arbitrary: spoiled },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
);
const contentType = fc.constantFrom(
  null,
  'application/json; charset=utf-8',
  'text/event-stream',
  'text/html',
  'text/plain; charset=windows-1252',
  'application/json; charset=gbk',
  'text/event-stream; charset=shift_jis',
  'application/json; charset=utf-16',
);
const cuts = fc.array(fc.nat(), { maxLength: 20 });
const limits: fc.Arbitrary<Partial<AgentLimits>> = fc.oneof(
  fc.constant({}),
  fc.record({
    maxTextBytes: fc.integer({ min: 1, max: 12 }),
    maxFrameChars: fc.integer({ min: 40, max: 200 }),
    maxBodyBytes: fc.integer({ min: 1, max: 200 }),
  }),
);

function pieces(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

// Thousands of answers, byte by byte, take some seconds; on a loaded machine, many.
describe('splits of an answer by the network', { timeout: 120_000 }, () => {
  it.each(['end', 'cut'] as const)('text and outcome do not depend on the split (%s)', (end) => {
    fc.assert(
      fc.property(body, contentType, cuts, limits, (bytes, type, places, given) => {
        const whole = parseInPieces([bytes], type, given, end);
        const split = parseInPieces(pieces(bytes, places), type, given, end);
        const bytewise = parseInPieces(pieces(bytes, [...bytes.keys()]), type, given, end);
        for (const other of [split, bytewise]) {
          expect([other.text, other.reason, other.error?.hint]).toEqual([
            whole.text,
            whole.reason,
            whole.error?.hint,
          ]);
        }
      }),
      { numRuns: 6_000 },
    );
  });

  it('the text is trimmed, well-formed, and within the limit for any split', () => {
    fc.assert(
      fc.property(body, contentType, cuts, limits, (bytes, type, places, given) => {
        const { text } = parseInPieces(pieces(bytes, places), type, given);
        expect(text).toBe(text.trim());
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toContain('\0');
        if (given.maxTextBytes !== undefined) {
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(given.maxTextBytes);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('an answer has text or fails', () => {
    fc.assert(
      fc.property(body, contentType, (bytes, type) => {
        const { text, outcome } = parseInPieces([bytes], type);
        expect(text !== '' || outcome === 'failed').toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
