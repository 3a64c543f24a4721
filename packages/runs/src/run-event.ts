// What a follower of a run sees. These shapes go over the wire as they are: clients rely on them.

/** What the agent is doing. Not a part of the answer, and not saved. */
export interface RunStatusEvent {
  type: 'status';
  data: { description: string; level: 'info' | 'warning' | 'error'; done: boolean };
}

/** A piece of the answer to append. With `reset`, forget the text so far first. */
export interface RunMessageEvent {
  type: 'message';
  data: { content: string; reset?: true };
}

/** Terminal: the answer is complete, and saved as the message `messageId`. */
export interface RunDoneEvent {
  type: 'done';
  data: { message: string; messageId: string };
}

/** Terminal: the run ended without a complete answer. What was received is kept. */
export interface RunErrorEvent {
  type: 'error';
  data: { message: string; reason: string };
}

export type RunEvent = RunStatusEvent | RunMessageEvent | RunDoneEvent | RunErrorEvent;

export function isTerminal(event: RunEvent): event is RunDoneEvent | RunErrorEvent {
  return event.type === 'done' || event.type === 'error';
}

/** An event at its place in the run: `seq` counts from 1, and a merged event has the seq of its last part. */
export interface RunLogEntry {
  seq: number;
  event: RunEvent;
}
