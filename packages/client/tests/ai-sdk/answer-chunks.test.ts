import { readUIMessageStream } from 'ai';
import { describe, expect, test } from 'vitest';
import { AnswerChunks } from '../../src/ai-sdk/answer-chunks.ts';
import { toUIMessage, type ParleyUIMessage } from '../../src/ai-sdk/ui-message.ts';
import { initialRunView, reduceRunEvents, type Message, type RunEvent } from '../../src/index.ts';

const ID = '0f0e6c6e-9a3c-4b52-8f0b-6a3a4b1b8a01';
const done: RunEvent = { type: 'done', data: { message: 'The answer is complete.', messageId: ID } };

/** The message that the AI SDK builds from the chunks of these events. */
async function read(events: RunEvent[]): Promise<ParleyUIMessage> {
  const chunks = new AnswerChunks(ID);
  const all = [...chunks.start(), ...events.flatMap((event) => chunks.chunksOf(event)), ...chunks.end()];
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of all) controller.enqueue(chunk);
      controller.close();
    },
  });
  let last: ParleyUIMessage | undefined;
  for await (const message of readUIMessageStream<ParleyUIMessage>({
    stream,
    onError: (error) => {
      throw error;
    },
  }))
    last = message;
  if (last === undefined) throw new Error('The AI SDK built no message.');
  return last;
}

/** The same answer as the server saves it. */
function saved(events: RunEvent[]): ParleyUIMessage {
  const { text, parts } = events.reduce(reduceRunEvents, initialRunView);
  const message: Message = {
    id: ID,
    seq: 2,
    role: 'assistant',
    content: text,
    parts: [...parts],
    timestamp: '2026-11-23T08:00:00.000Z',
    status: 'complete',
    isSuperseded: false,
    runId: ID,
    error: null,
  };
  return toUIMessage(message);
}

/** What a reader sees of each part. */
function shown({ parts }: ParleyUIMessage): unknown[] {
  return parts
    .filter(({ type }) => type !== 'step-start')
    .map((part) => {
      if (part.type === 'text' || part.type === 'reasoning') return [part.type, part.text];
      if (part.type === 'dynamic-tool')
        return [part.type, part.toolName, part.state, part.input ?? {}, part.output, part.errorText];
      return part;
    });
}

const answers: Record<string, RunEvent[]> = {
  'text alone': [
    { type: 'message', data: { content: 'One' } },
    { type: 'message', data: { content: ' two' } },
    done,
  ],
  'reasoning, a tool, a source and text': [
    { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'Let me ' } },
    { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'look.' } },
    { type: 'part', data: { id: 'r1', type: 'reasoning', text: 'Let me look.', durationMs: 20 } },
    { type: 'part', data: { id: 't1', type: 'tool', name: 'search', state: 'input' } },
    { type: 'part', data: { id: 't1', type: 'tool', name: 'search', state: 'running', input: { q: 1 } } },
    {
      type: 'part',
      data: { id: 't1', type: 'tool', name: 'search', state: 'output', input: { q: 1 }, output: ['a'] },
    },
    { type: 'part', data: { id: 's1', type: 'source', url: 'https://example.com/a', title: 'A' } },
    { type: 'message', data: { content: 'Found.' } },
    done,
  ],
  'a step that ends, a tool that fails, and a notice': [
    {
      type: 'part',
      data: { id: 'p1', type: 'step', name: 'AI Agent', startedAt: '2026-11-23T08:00:00.000Z' },
    },
    { type: 'message', data: { content: 'First' } },
    { type: 'part', data: { id: 't1', type: 'tool', name: 'search', state: 'error', error: 'No network' } },
    { type: 'message', data: { content: 'Second' } },
    {
      type: 'part',
      data: {
        id: 'p1',
        type: 'step',
        name: 'AI Agent',
        startedAt: '2026-11-23T08:00:00.000Z',
        endedAt: '2026-11-23T08:00:01.000Z',
      },
    },
    { type: 'part', data: { id: 'n1', type: 'notice', reason: 'truncated', message: 'The answer is cut.' } },
    done,
  ],
  'an answer that begins again with other parts': [
    { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'Old' } },
    { type: 'message', data: { content: 'Old text' } },
    {
      type: 'message',
      data: {
        content: 'New',
        reset: true,
        parts: [
          { id: 'r1', type: 'reasoning', text: 'New thought' },
          { id: 'text-1', type: 'text', text: 'New' },
        ],
      },
    },
    { type: 'message', data: { content: ' text' } },
    done,
  ],
};

describe('the AI SDK builds the message that is saved', () => {
  test.each(Object.entries(answers))('%s', async (_name, events) => {
    expect(shown(await read(events))).toEqual(shown(saved(events)));
  });
});

test('two models that think at the same time keep their thoughts apart', async () => {
  const { parts } = await read([
    { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'a' } },
    { type: 'part', data: { id: 'r2', type: 'reasoning-delta', delta: 'x' } },
    { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'b' } },
    { type: 'part', data: { id: 'r2', type: 'reasoning', text: 'xy', durationMs: 1 } },
    done,
  ]);
  expect(parts.filter(({ type }) => type === 'reasoning')).toMatchObject([{ text: 'ab' }, { text: 'xy' }]);
});

test('events and parts of unknown types are ignored', async () => {
  const later: unknown[] = [
    { type: 'poll', data: {} },
    { type: 'part', data: { id: 'x1', type: 'hologram' } },
    { type: 'message', data: { content: 'Text' } },
    done,
  ];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a newer server
  expect(shown(await read(later as RunEvent[]))).toEqual([['text', 'Text']]);
});
