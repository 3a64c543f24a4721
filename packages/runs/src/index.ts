export { agentCallOf } from './agent-call.ts';
export type { AnswerPart, JsonValue } from '@parley/webhook';
export { createRuns, type Refusal, type Runs, type RunsOptions } from './runs.ts';
export type { StartedRun } from './execute-run.ts';
export type { FollowedEvent, FollowRunOptions } from './follow-run.ts';
export { collectParts } from './collect-parts.ts';
export { answerPartSchema, partUpdateSchema } from './part-schema.ts';
export { formatRunCursor, parseRunCursor, type RunCursor } from './run-cursor.ts';
export {
  isOwnStatus,
  isTerminal,
  type RunDoneEvent,
  type RunErrorEvent,
  type RunEvent,
  type RunMessageEvent,
  type RunPartEvent,
  type RunStatusEvent,
} from './run-event.ts';
export type { EndedRun, RunsObserver } from './runs-observer.ts';
export { isRetryable } from './run-state.ts';
export { savedParts } from './saved-parts.ts';
