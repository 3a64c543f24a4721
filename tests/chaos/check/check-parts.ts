// Checks the parts of the answers whose agent sends reasoning, tool calls and sources: none is altered, and an interrupted answer has
// those that were received before its end.
import { isDeepStrictEqual } from 'node:util';
import { partsOfAnswer, sizeOf, type PartOfAgent } from '../cluster/agent-parts.ts';
import type { HistoryEntry } from '../history.ts';
import { lossOf, MAX_LOST_MS } from './check-runs.ts';
import type { ObservedDatabase } from './observed-database.ts';
import type { Timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

interface SavedPart {
  type: string;
  text?: string;
  [field: string]: unknown;
}

export function checkParts(
  history: readonly HistoryEntry[],
  { runs, messages }: ObservedDatabase,
  timeline: Timeline,
): Violation[] {
  const answers = new Map(messages.map((message) => [message.id, message]));
  const expectedTexts = new Map(
    history.flatMap((entry) => (entry.type === 'send' ? [[entry.messageId, entry.expected]] : [])),
  );
  const sentParts = Map.groupBy(
    history.filter((entry) => entry.type === 'agent-parts'),
    ({ runId }) => runId,
  );

  return runs.flatMap((run): Violation[] => {
    const sent = sentParts.get(run.id);
    const whole = expectedTexts.get(run.userMessageId);
    const answer = answers.get(run.assistantMessageId);
    if (sent === undefined || typeof whole !== 'string' || answer === undefined || run.endedAtMs === null)
      return [];
    const parts = (answer.parts ?? []) as SavedPart[];
    const altered = (details: string): Violation => ({
      invariant: 'altered-parts',
      details: `run ${run.id} ${run.state}: ${details}`,
    });
    const texts = parts.map(({ type, text }) => (type === 'text' ? text : '')).join('');
    if (parts.length > 0 && texts !== answer.content)
      return [altered('the texts among its parts are not its text')];

    const saved = parts.filter(({ type }) => type !== 'text').map(withoutIdAndTime);
    const expected = partsOfAnswer(whole);
    const wrong = saved.findIndex((part, index) => !isStartOf(part, expected[index]));
    if (wrong !== -1) return [altered(`part ${wrong} is ${JSON.stringify(saved[wrong])}`)];
    if (run.state === 'succeeded' && !isDeepStrictEqual(saved, expected))
      return [altered(`it has ${JSON.stringify(saved)} of ${JSON.stringify(expected)}`)];

    if (run.state !== 'interrupted') return [];
    const kept = sizeOf(saved);
    const firstLost = sent.find(({ parts: count, chars }) => count > kept.parts || chars > kept.chars);
    if (firstLost === undefined) return [];
    const { lostMs, isInOutage } = lossOf(run, firstLost.atMs, timeline);
    if (isInOutage || lostMs <= MAX_LOST_MS) return [];
    const details = `run ${run.id} lost parts that were received ${lostMs} ms before its end`;
    return [{ invariant: 'lost-parts', details }];
  });
}

/** The server names the parts and measures times. */
function withoutIdAndTime({ id: _id, durationMs: _durationMs, ...part }: SavedPart): SavedPart {
  return part;
}

/** Whether a part is what the agent sent, or its beginning. */
function isStartOf(saved: SavedPart, expected: PartOfAgent | undefined): boolean {
  if (expected?.type === 'reasoning')
    return (
      saved.type === 'reasoning' && typeof saved.text === 'string' && expected.text.startsWith(saved.text)
    );
  if (expected?.type !== 'tool') return isDeepStrictEqual(saved, expected);
  const { state, ...known } = saved;
  return (
    ['input', 'running', 'output'].includes(String(state)) &&
    Object.entries(known).every(([field, value]) =>
      isDeepStrictEqual(value, Object.entries(expected).find(([name]) => name === field)?.[1]),
    )
  );
}
