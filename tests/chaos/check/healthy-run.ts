// A small run that keeps every promise, for tests that break one promise at a time. It has two instances, and a chat with an answer
// that succeeded and an answer that a kill interrupted and a retry generated again.
import type { HistoryEntry, NewEntry } from '../history.ts';
import type { ObservedDatabase } from './observed-database.ts';

export interface ObservedChaos {
  history: HistoryEntry[];
  database: ObservedDatabase;
}

export const ANSWER = 'The whole answer, von Anfang bis Ende: 日本語 and 🚀.';
export const RECEIVED = ANSWER.slice(0, 20);

const PARTS = [
  { id: 'r1', type: 'reasoning', text: 't1.t2.t3.t4.t5.t6.', durationMs: 250 },
  { id: 'text-1', type: 'text', text: ANSWER.slice(0, 33) },
  { id: 't1', type: 'tool', name: 'look up', state: 'output', input: { cycle: 0 } },
  { id: 'text-2', type: 'text', text: ANSWER.slice(33) },
] as const;
const RECEIVED_PARTS = [
  { id: 'r1', type: 'reasoning', text: 't1.t2.t3.' },
  { id: 'text-1', type: 'text', text: RECEIVED },
] as const;

/** Converts seconds since the start of the run to a time. */
const s = (seconds: number): number => 1_700_000_000_000 + seconds * 1_000;

/** Returns a new copy, which a test may change. */
export function healthyRun(): ObservedChaos {
  return {
    history: [
      at(0, { type: 'up', slot: 0, instanceId: 'one' }),
      at(0, { type: 'up', slot: 1, instanceId: 'two' }),

      at(20, { type: 'send', messageId: 'm1', chatId: 'chat', content: 'first', expected: ANSWER }),
      at(20.1, { type: 'send-ack', messageId: 'm1', runId: 'run1', assistantMessageId: 'a1' }),
      at(20.1, { type: 'follow', followId: 'f1', cursor: 'none' }),
      at(20.2, { type: 'agent-request', runId: 'run1' }),
      at(20.5, { type: 'agent-text', runId: 'run1', chars: ANSWER.length }),
      at(20.5, { type: 'agent-parts', runId: 'run1', parts: 2, chars: 18 }),
      at(20.6, { type: 'seen', followId: 'f1', runId: 'run1', chars: ANSWER.length }),
      at(21, {
        type: 'followed',
        followId: 'f1',
        runId: 'run1',
        text: ANSWER,
        parts: PARTS,
        terminal: 'done',
      }),

      at(30, { type: 'send', messageId: 'm2', chatId: 'chat', content: 'second', expected: ANSWER }),
      at(30.1, { type: 'send-ack', messageId: 'm2', runId: 'run2', assistantMessageId: 'a2' }),
      // The response was lost, so the client sent the message again.
      at(30.4, { type: 'send-ack', messageId: 'm2', runId: 'run2', assistantMessageId: 'a2' }),
      at(30.4, { type: 'follow', followId: 'f2', cursor: 'none' }),
      at(30.4, { type: 'follow', followId: 'f3', cursor: 'none' }),
      at(30.2, { type: 'agent-request', runId: 'run2' }),
      at(30.5, { type: 'agent-text', runId: 'run2', chars: RECEIVED.length }),
      at(30.5, { type: 'agent-parts', runId: 'run2', parts: 1, chars: 9 }),
      at(30.9, { type: 'agent-text', runId: 'run2', chars: RECEIVED.length + 3 }),
      at(30.9, { type: 'agent-parts', runId: 'run2', parts: 1, chars: 12 }),
      at(31, { type: 'kill', slot: 0, instanceId: 'one' }),
      at(31.5, { type: 'follow-left', followId: 'f3' }),
      at(43.1, {
        type: 'followed',
        followId: 'f2',
        runId: 'run2',
        text: RECEIVED,
        parts: RECEIVED_PARTS,
        terminal: 'RUN_INTERRUPTED',
      }),

      at(44, { type: 'retry', earlierRunId: 'run2' }),
      at(44.1, { type: 'retry-ack', earlierRunId: 'run2', runId: 'run3', assistantMessageId: 'a3' }),
      at(44.1, { type: 'follow', followId: 'f4', cursor: 'none' }),
      at(44.2, { type: 'agent-request', runId: 'run3' }),
      at(46, { type: 'followed', followId: 'f4', runId: 'run3', text: ANSWER, parts: [], terminal: 'done' }),

      at(50, { type: 'term', slot: 1, instanceId: 'two' }),
      at(51, { type: 'exit', slot: 1, instanceId: 'two', code: 0 }),
    ],
    database: {
      chats: [{ id: 'chat', lastSeq: 5 }],
      messages: [
        {
          id: 'm1',
          chatId: 'chat',
          seq: 1,
          role: 'user',
          content: 'first',
          parts: null,
          status: 'complete',
          isSuperseded: false,
        },
        {
          id: 'a1',
          chatId: 'chat',
          seq: 2,
          role: 'assistant',
          content: ANSWER,
          parts: [...PARTS],
          status: 'complete',
          isSuperseded: false,
        },
        {
          id: 'm2',
          chatId: 'chat',
          seq: 3,
          role: 'user',
          content: 'second',
          parts: null,
          status: 'complete',
          isSuperseded: false,
        },
        {
          id: 'a2',
          chatId: 'chat',
          seq: 4,
          role: 'assistant',
          content: RECEIVED,
          parts: [...RECEIVED_PARTS],
          status: 'interrupted',
          isSuperseded: true,
        },
        {
          id: 'a3',
          chatId: 'chat',
          seq: 5,
          role: 'assistant',
          content: ANSWER,
          parts: null,
          status: 'complete',
          isSuperseded: false,
        },
      ],
      runs: [
        run({
          id: 'run1',
          userMessageId: 'm1',
          assistantMessageId: 'a1',
          instanceId: 'two',
          createdAtMs: s(20),
          endedAtMs: s(20.9),
        }),
        run({
          id: 'run2',
          userMessageId: 'm2',
          assistantMessageId: 'a2',
          state: 'interrupted',
          errorReason: 'RUN_INTERRUPTED',
          instanceId: 'one',
          createdAtMs: s(30),
          endedAtMs: s(43),
        }),
        run({
          id: 'run3',
          userMessageId: 'm2',
          assistantMessageId: 'a3',
          attempt: 2,
          instanceId: 'two',
          createdAtMs: s(44),
          endedAtMs: s(45.9),
        }),
      ],
      transitions: [
        { runId: 'run1', from: 'running', to: 'succeeded', atMs: s(20.9) },
        { runId: 'run2', from: 'running', to: 'interrupted', atMs: s(43) },
        { runId: 'run3', from: 'running', to: 'succeeded', atMs: s(45.9) },
      ],
      rewrites: [],
      terminals: ['run1', 'run2', 'run3'].map((runId) => ({ runId, count: 1 })),
    },
  };
}

export function at(seconds: number, entry: NewEntry): HistoryEntry {
  return { atMs: s(seconds), ...entry };
}

export function momentOf(seconds: number): number {
  return s(seconds);
}

function run(
  given: Partial<ObservedDatabase['runs'][number]> & Pick<ObservedDatabase['runs'][number], 'id'>,
): ObservedDatabase['runs'][number] {
  return {
    chatId: 'chat',
    userMessageId: '',
    assistantMessageId: '',
    attempt: 1,
    state: 'succeeded',
    errorReason: null,
    instanceId: '',
    createdAtMs: 0,
    endedAtMs: null,
    ...given,
  };
}
