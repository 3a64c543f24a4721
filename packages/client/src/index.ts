export {
  createClient,
  type Client,
  type ClientOptions,
  type EventSourceConstructor,
} from './create-client.ts';
export type { CookieStore, Fetch, RequestFetch } from './request-fetch.ts';
export { newMessageId, sendMessage, type SendMessageOptions } from './send-message.ts';
export { retryAnswer, type RetryAnswerOptions } from './retry-answer.ts';
export { followRun, type FollowedEvent, type FollowOptions, type FollowRunOptions } from './follow-run.ts';
export { initialRunView, reduceRunEvents, type RunView } from './reduce-run-events.ts';
export { exportChat, type ExportChatOptions, type ExportFormat } from './export-chat.ts';
export { isTransient, MAX_ATTEMPTS, retryDelayMs, type Retry } from './retry-transient.ts';
export { titleOf } from './title-of.ts';
export { getErrorReason, isSessionOver, type ErrorDetails } from './get-error-reason.ts';
export { explainError, fieldErrorsOf } from './explain-error.ts';
export type { Chat, Message, RouterInputs, RouterOutputs } from './router-types.ts';
export type { AnswerPart, AppRouter, ErrorReason, RunEvent } from '@parley/api';
