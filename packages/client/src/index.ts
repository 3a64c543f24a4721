export { createClient, type Client, type ClientOptions } from './create-client.ts';
export type { CookieStore, Fetch } from './request-fetch.ts';
export { sendMessage, type SendMessageOptions } from './send-message.ts';
export { followRun, type FollowedEvent, type FollowOptions, type FollowRunOptions } from './follow-run.ts';
export { initialRunView, reduceRunEvents, type RunView } from './reduce-run-events.ts';
export { getErrorReason, type ErrorDetails } from './get-error-reason.ts';
export type { RouterInputs, RouterOutputs } from './router-types.ts';
export type { AppRouter, ErrorReason, RunEvent } from '@parley/api';
