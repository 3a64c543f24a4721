// The events that followers of a run receive. Clients rely on these shapes: they are sent as they are. A client ignores the
// types that it does not know.
import type { AnswerPart, PartUpdate } from '@parley/webhook';

/** Progress of the agent. It is not part of the answer, and is not saved. */
export interface RunStatusEvent {
  type: 'status';
  data: { description: string; level: 'info' | 'warning' | 'error'; done: boolean };
}

/**
 * A piece of the answer's text to append. With `reset`, it replaces all text before it. With `parts`, it replaces all parts,
 * too: they are those of the answer so far, or empty if that is `content` alone.
 */
export interface RunMessageEvent {
  type: 'message';
  data: { content: string; reset?: true; parts?: AnswerPart[] };
}

/** A part of the answer beside its text. It replaces the part with the same id, or is new; a delta appends to it. */
export interface RunPartEvent {
  type: 'part';
  data: PartUpdate;
}

/** Terminal event: the answer is complete, and saved as the message `messageId`. */
export interface RunDoneEvent {
  type: 'done';
  data: { message: string; messageId: string };
}

/** Terminal event: the run ended without a complete answer. The text received so far is kept. */
export interface RunErrorEvent {
  type: 'error';
  data: { message: string; reason: string };
}

export type RunEvent = RunStatusEvent | RunMessageEvent | RunPartEvent | RunDoneEvent | RunErrorEvent;

/** The status before the agent says anything. All later ones are the agent's. */
export const sendingRequest: RunStatusEvent = {
  type: 'status',
  data: { description: 'Sending request...', level: 'info', done: false },
};

export function isOwnStatus({ data }: RunStatusEvent): boolean {
  return data.description === sendingRequest.data.description;
}

export function isTerminal(event: RunEvent): event is RunDoneEvent | RunErrorEvent {
  return event.type === 'done' || event.type === 'error';
}

/** An event with its position: `seq` counts from 1, and a merged event has the seq of its last part. */
export interface RunLogEntry {
  seq: number;
  event: RunEvent;
}
