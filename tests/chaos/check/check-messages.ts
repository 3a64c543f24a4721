// Checks that every acknowledged message exists exactly once and in order.
import type { HistoryEntry } from '../history.ts';
import type { ObservedDatabase, ObservedMessage, ObservedRun } from './observed-database.ts';
import type { Violation } from './violation.ts';

export function checkMessages(history: readonly HistoryEntry[], database: ObservedDatabase): Violation[] {
  return [
    ...checkAcknowledged(history, database),
    ...checkDuplicates(history, database),
    ...checkAcknowledgements(history),
    ...checkOrder(database),
  ];
}

function checkAcknowledged(
  history: readonly HistoryEntry[],
  { messages, runs }: ObservedDatabase,
): Violation[] {
  const messageById = new Map(messages.map((message) => [message.id, message]));
  const runById = new Map(runs.map((run) => [run.id, run]));
  const sent = new Map(history.flatMap((entry) => (entry.type === 'send' ? [[entry.messageId, entry]] : [])));
  const lost = (details: string): Violation => ({ invariant: 'acknowledged-lost', details });

  return history.flatMap((entry): Violation[] => {
    if (entry.type === 'send-ack') {
      const { messageId, runId, assistantMessageId } = entry;
      const message = messageById.get(messageId);
      if (message === undefined) return [lost(`message ${messageId} is missing`)];
      const run = runById.get(runId);
      if (run?.userMessageId !== messageId) return [lost(`run ${runId} of message ${messageId} is missing`)];
      if (!messageById.has(assistantMessageId)) return [lost(`answer ${assistantMessageId} is missing`)];
      if (message.content !== sent.get(messageId)?.content)
        return [{ invariant: 'altered-text', details: `message ${messageId} differs from the sent text` }];
    }
    if (entry.type === 'retry-ack' && !runById.has(entry.runId))
      return [lost(`run ${entry.runId}, a retry of ${entry.earlierRunId}, is missing`)];
    return [];
  });
}

function checkDuplicates(
  history: readonly HistoryEntry[],
  { messages, runs }: ObservedDatabase,
): Violation[] {
  const violations: Violation[] = [];
  // Every sent text is unique, so two rows with the same content are a duplicate.
  const ofUser = messages.filter(({ role }) => role === 'user');
  for (const [content, rows] of groupBy(ofUser, (message: ObservedMessage) => message.content)) {
    if (rows.length > 1)
      violations.push({
        invariant: 'duplicate-message',
        details: `${rows.length} times: ${content.slice(0, 60)}`,
      });
  }

  const retried = new Set(history.flatMap((entry) => (entry.type === 'retry' ? [entry.earlierRunId] : [])));
  const superseded = new Map(messages.map(({ id, isSuperseded }) => [id, isSuperseded]));
  for (const [messageId, attempts] of groupBy(runs, (run: ObservedRun) => run.userMessageId)) {
    const asked = 1 + attempts.filter(({ id }) => retried.has(id)).length;
    if (attempts.length > asked)
      violations.push({
        invariant: 'duplicate-run',
        details: `message ${messageId} has ${attempts.length} runs, but ${asked} were requested`,
      });
    const valid = attempts.filter(({ assistantMessageId }) => superseded.get(assistantMessageId) !== true);
    if (valid.length !== 1)
      violations.push({
        invariant: 'duplicate-answer',
        details: `message ${messageId} has ${valid.length} answers that are not superseded`,
      });
  }

  const requests = history.filter((entry) => entry.type === 'agent-request');
  for (const [runId, asked] of groupBy(requests, (entry) => entry.runId)) {
    if (asked.length > 1)
      violations.push({
        invariant: 'generated-twice',
        details: `run ${runId} called the agent ${asked.length} times`,
      });
  }
  return violations;
}

function checkAcknowledgements(history: readonly HistoryEntry[]): Violation[] {
  const answers = new Map<string, string>();
  return history.flatMap((entry): Violation[] => {
    if (entry.type !== 'send-ack' && entry.type !== 'retry-ack') return [];
    const asked = entry.type === 'send-ack' ? `message ${entry.messageId}` : `retry of ${entry.earlierRunId}`;
    const answer = `run ${entry.runId}, answer ${entry.assistantMessageId}`;
    const first = answers.get(asked);
    answers.set(asked, first ?? answer);
    return first === undefined || first === answer
      ? []
      : [{ invariant: 'different-acknowledgements', details: `${asked}: ${first}, then ${answer}` }];
  });
}

function checkOrder({ chats, messages }: ObservedDatabase): Violation[] {
  const byChat = groupBy(messages, ({ chatId }) => chatId);
  return chats.flatMap(({ id, lastSeq }): Violation[] => {
    const seqs = (byChat.get(id) ?? []).map(({ seq }) => seq).toSorted((one, other) => one - other);
    const isWhole = seqs.length === lastSeq && seqs.every((seq, index) => seq === index + 1);
    return isWhole
      ? []
      : [
          {
            invariant: 'broken-order',
            details: `chat ${id} counts ${lastSeq} messages, but has ${seqs.join(', ')}`,
          },
        ];
  });
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  return Map.groupBy(items, keyOf);
}
