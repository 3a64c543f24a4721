// Breaks the healthy run in one way at a time, for the tests of the checker.
import { ANSWER, at, momentOf, RECEIVED, type ObservedChaos } from './healthy-run.ts';
import type { Invariant } from './violation.ts';

function find<Item>(items: readonly Item[], fits: (item: Item) => boolean): Item {
  const item = items.find(fits);
  if (item === undefined) throw new Error('The healthy run has no such item.');
  return item;
}

const messageOf = ({ database }: ObservedChaos, id: string) =>
  find(database.messages, (message) => message.id === id);
export const runOf = ({ database }: ObservedChaos, id: string) => find(database.runs, (run) => run.id === id);
const remove = <Item>(items: Item[], fits: (item: Item) => boolean): void =>
  void items.splice(items.findIndex(fits), 1);

/** A name, the invariant that the checker reports, and the fault. */
export const planted: [string, Invariant, (run: ObservedChaos) => void][] = [
  [
    'a missing message row',
    'acknowledged-lost',
    (run) => {
      remove(run.database.messages, ({ id }) => id === 'm2');
      find(run.database.chats, () => true).lastSeq = 5;
    },
  ],
  [
    'a missing row of an answer',
    'acknowledged-lost',
    (run) => remove(run.database.messages, ({ id }) => id === 'a2'),
  ],
  ['a missing run', 'acknowledged-lost', (run) => remove(run.database.runs, ({ id }) => id === 'run1')],
  ['a missing retry', 'acknowledged-lost', (run) => remove(run.database.runs, ({ id }) => id === 'run3')],
  [
    'a message that differs from the sent text',
    'altered-text',
    (run) => void (messageOf(run, 'm1').content = 'fist'),
  ],
  [
    'a duplicate message',
    'duplicate-message',
    (run) => void run.database.messages.push({ ...messageOf(run, 'm1'), id: 'm1 again', seq: 6 }),
  ],
  [
    'a second run that was not requested',
    'duplicate-run',
    (run) => void run.database.runs.push({ ...runOf(run, 'run1'), id: 'run1 again', attempt: 2 }),
  ],
  ['two valid answers', 'duplicate-answer', (run) => void (messageOf(run, 'a2').isSuperseded = false)],
  [
    'two answers to one message id',
    'different-acknowledgements',
    (run) =>
      void run.history.push(
        at(30.6, { type: 'send-ack', messageId: 'm2', runId: 'run3', assistantMessageId: 'a3' }),
      ),
  ],
  [
    'an agent that was called twice for one run',
    'generated-twice',
    (run) => void run.history.push(at(30.3, { type: 'agent-request', runId: 'run2' })),
  ],
  ['a gap in a chat', 'broken-order', (run) => void (messageOf(run, 'a3').seq = 6)],
  ['two messages with the same number', 'broken-order', (run) => void (messageOf(run, 'a3').seq = 4)],
  [
    'a run that never ends',
    'no-terminal-state',
    (run) => void Object.assign(runOf(run, 'run1'), { state: 'running', endedAtMs: null }),
  ],
  [
    'a run that ended twice',
    'two-terminal-states',
    (run) =>
      void run.database.transitions.push({
        runId: 'run2',
        from: 'interrupted',
        to: 'succeeded',
        atMs: momentOf(44),
      }),
  ],
  [
    'two terminal events in a journal',
    'two-terminal-states',
    (run) => void (find(run.database.terminals, () => true).count = 2),
  ],
  [
    'a run without a recorded end',
    'two-terminal-states',
    (run) => remove(run.database.transitions, ({ runId }) => runId === 'run1'),
  ],
  [
    'an answer that was written after its end',
    'written-after-end',
    (run) => void run.database.rewrites.push({ messageId: 'a2', atMs: momentOf(44) }),
  ],
  [
    'a run that is still running long after its instance died',
    'late-terminal-state',
    (run) => void (runOf(run, 'run2').endedAtMs = momentOf(47)),
  ],
  [
    'a run of a paused instance that no instance took over',
    'late-terminal-state',
    (run) => {
      run.history.push(at(31, { type: 'pause', slot: 1, instanceId: 'two' }));
      run.history.push(at(60, { type: 'resume', slot: 1, instanceId: 'two' }));
      run.history.push(at(0, { type: 'up', slot: 2, instanceId: 'three' }));
      Object.assign(runOf(run, 'run1'), { endedAtMs: momentOf(60) });
    },
  ],
  [
    'an answer with one changed byte',
    'altered-text',
    (run) => void (messageOf(run, 'a1').content = ANSWER.replace('語', '后')),
  ],
  [
    'an interrupted answer with text that the agent did not send',
    'altered-text',
    (run) => void (messageOf(run, 'a2').content = RECEIVED.slice(1)),
  ],
  [
    'lost text that the agent sent more than a second before the kill',
    'lost-text',
    (run) =>
      void run.history.push(at(29.9, { type: 'agent-text', runId: 'run2', chars: RECEIVED.length + 1 })),
  ],
  [
    'lost text that a follower saw more than a second before the kill',
    'lost-text',
    (run) =>
      void run.history.push(
        at(29.9, { type: 'seen', followId: 'f2', runId: 'run2', chars: RECEIVED.length + 1 }),
      ),
  ],
  [
    'an answer with a part that the agent did not send',
    'altered-parts',
    (run) => alterParts(run, 'a1', (parts) => parts.map((part) => ({ ...part, input: { cycle: 1 } }))),
  ],
  [
    'an answer without one of its parts',
    'altered-parts',
    (run) => alterParts(run, 'a1', (parts) => parts.toSpliced(2, 1)),
  ],
  [
    'an answer with a part twice',
    'altered-parts',
    (run) => alterParts(run, 'a1', (parts) => [...parts, ...parts.slice(2, 3)]),
  ],
  [
    'an answer whose parts lack some of its text',
    'altered-parts',
    (run) => alterParts(run, 'a2', (parts) => parts.slice(0, 1)),
  ],
  [
    'lost reasoning that the agent sent more than a second before the kill',
    'lost-parts',
    ({ history }) => void history.push(at(29.9, { type: 'agent-parts', runId: 'run2', parts: 1, chars: 12 })),
  ],
  [
    'a lost tool call that the agent sent more than a second before the kill',
    'lost-parts',
    ({ history }) => void history.push(at(29.9, { type: 'agent-parts', runId: 'run2', parts: 2, chars: 9 })),
  ],
  [
    'a follower with a gap in its text',
    'different-text',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'followed'),
        { text: ANSWER.replace('whole ', '') },
      ),
  ],
  [
    'a follower that has a part twice',
    'different-parts',
    (run) => {
      const entry = find(run.history, (each) => each.type === 'followed' && each.followId === 'f2');
      if (entry.type === 'followed')
        Object.assign(entry, { parts: [...entry.parts, ...entry.parts.slice(0, 1)] });
    },
  ],
  [
    'a follower that received a different end',
    'different-end',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'followed'),
        { terminal: 'RUN_CANCELED' },
      ),
  ],
  [
    'a stream that never ends',
    'hung-stream',
    (run) => remove(run.history, (entry) => entry.type === 'followed' && entry.followId === 'f4'),
  ],
  [
    'a stream that receives the end a minute late',
    'hung-stream',
    (run) =>
      Object.assign(
        find(run.history, (entry) => entry.type === 'followed' && entry.followId === 'f1'),
        {
          atMs: momentOf(82),
        },
      ),
  ],
  [
    'a stream that ends before its run',
    'stream-without-end',
    (run) => {
      remove(run.history, (entry) => entry.type === 'followed' && entry.followId === 'f1');
      run.history.push(at(20.8, { type: 'follow-ended', followId: 'f1' }));
    },
  ],
  [
    'a graceful shutdown with exit code 1',
    'unclean-shutdown',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'exit'),
        { code: 1 },
      ),
  ],
  [
    'a graceful shutdown that takes too long',
    'unclean-shutdown',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'exit'),
        { atMs: momentOf(60) },
      ),
  ],
  [
    'a process that exits unexpectedly',
    'unclean-shutdown',
    (run) => void run.history.push(at(10, { type: 'exit', slot: 2, instanceId: 'three', code: 1 })),
  ],
];

/** Changes the parts of an answer, and those of all its followers. */
function alterParts(
  { history, database }: ObservedChaos,
  id: string,
  change: (parts: object[]) => object[],
): void {
  const answer = find(database.messages, (message) => message.id === id);
  const run = find(database.runs, ({ assistantMessageId }) => assistantMessageId === id);
  const parts = change((answer.parts ?? []) as object[]);
  answer.parts = parts;
  for (const entry of history)
    if (entry.type === 'followed' && entry.runId === run.id) Object.assign(entry, { parts });
}
