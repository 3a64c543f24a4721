// The effect of one streamed event on the answer, in the same terms for every agent.

import type { UnknownRecord } from '../../text-of-value.ts';

export type StreamedStep =
  /** A piece of text to append. */
  | { type: 'text'; text: string }
  /** Starts a new block of text. */
  | { type: 'block' }
  /** Starts a step, which may be withdrawn. */
  | { type: 'step' }
  /** Withdraws the text since the last step. */
  | { type: 'withdraw' }
  /** Replaces the whole text. */
  | { type: 'replace'; text: string }
  /** The whole text, for streams that sent no text before. */
  | { type: 'whole'; text: string; isEnd: boolean }
  | { type: 'status'; description: string }
  | { type: 'error'; message: string }
  /** The answer is complete. */
  | { type: 'end' }
  /** A known event that is not part of the answer. */
  | { type: 'nothing' };

/** @returns undefined for an event of another agent */
export type ReadStep = (event: UnknownRecord) => StreamedStep | undefined;

export const nothing: StreamedStep = { type: 'nothing' };

export function textStep(text: unknown): StreamedStep {
  return typeof text === 'string' ? { type: 'text', text } : nothing;
}

export function errorStep(message: unknown): StreamedStep {
  return { type: 'error', message: typeof message === 'string' ? message : '' };
}
