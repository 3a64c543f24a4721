// Follows an answer as a page does, and records the length of its text at intervals.
import {
  getErrorReason,
  initialRunView,
  reduceRunEvents,
  type AnswerPart,
  type FollowedEvent,
} from '@parley/client';
import type { History } from '../history.ts';

const NOTE_EVERY_MS = 100;

/** The state with which a follower can resume. */
export interface FollowerState {
  runId: string | undefined;
  text: string;
  parts: readonly AnswerPart[];
  lastEventId: string | undefined;
}

export interface FollowOutcome extends FollowerState {
  /** `done` or the reason of the error; undefined if the follower left or failed. */
  terminal: string | undefined;
}

export interface FollowOptions {
  followId: string;
  cursor: 'none' | 'last' | 'malformed' | 'foreign';
  /** The answer from an earlier stream. */
  answer?: Pick<FollowerState, 'text' | 'parts'>;
  /** The number of events after which the follower leaves. */
  leaveAfter?: number | undefined;
}

export async function follow(
  events: AsyncIterable<FollowedEvent>,
  history: History,
  { followId, cursor, answer = initialRunView, leaveAfter = Infinity }: FollowOptions,
): Promise<FollowOutcome> {
  const { text, parts } = answer;
  const state: FollowOutcome = { runId: undefined, text, parts, lastEventId: undefined, terminal: undefined };
  let view = { ...initialRunView, text, parts };
  let notedMs = 0;
  let count = 0;
  history.append({ type: 'follow', followId, cursor });
  try {
    for await (const event of events) {
      const runId = event.id.slice(0, event.id.indexOf(':'));
      state.runId = runId;
      state.lastEventId = event.id;
      view = reduceRunEvents(view, event);
      ({ text: state.text, parts: state.parts } = view);
      if (event.type === 'message') {
        const nowMs = performance.now();
        if (nowMs - notedMs >= NOTE_EVERY_MS) {
          notedMs = nowMs;
          history.append({ type: 'seen', followId, runId, chars: state.text.length });
        }
      } else if (event.type === 'done' || event.type === 'error') {
        state.terminal = event.type === 'done' ? 'done' : event.data.reason;
        history.append({
          type: 'followed',
          followId,
          runId,
          text: view.text,
          parts: view.parts,
          terminal: state.terminal,
        });
        return state;
      }
      count += 1;
      if (count >= leaveAfter) {
        history.append({ type: 'follow-left', followId });
        return state;
      }
    }
    history.append({ type: 'follow-ended', followId });
  } catch (error) {
    history.append({ type: 'follow-failed', followId, reason: reasonOf(error) });
  }
  return state;
}

export function reasonOf(error: unknown): string {
  return (
    getErrorReason(error)?.reason ??
    (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  );
}
