// What one event of a stream means for the answer, in the same terms whoever sends it.

import type { UnknownRecord } from '../../text-of-value.ts';

export type StreamedStep =
  /** A piece of text to append. */
  | { type: 'text'; text: string }
  /** What follows is a text of its own. */
  | { type: 'block' }
  /** A step begins, which may be withdrawn. */
  | { type: 'step' }
  /** What was said since the last step goes. */
  | { type: 'withdraw' }
  /** This is the text, instead of all that was said. */
  | { type: 'replace'; text: string }
  /** The whole text, for streams that said nothing before. */
  | { type: 'whole'; text: string; isEnd: boolean }
  | { type: 'status'; description: string }
  | { type: 'error'; message: string }
  /** The answer is complete. */
  | { type: 'end' }
  /** Known, and no part of the answer. */
  | { type: 'nothing' };

/** @returns undefined for an event that is not of this kind. */
export type ReadStep = (event: UnknownRecord) => StreamedStep | undefined;

export const nothing: StreamedStep = { type: 'nothing' };

export function textStep(text: unknown): StreamedStep {
  return typeof text === 'string' ? { type: 'text', text } : nothing;
}

export function errorStep(message: unknown): StreamedStep {
  return { type: 'error', message: typeof message === 'string' ? message : '' };
}
