// Bodies in the framings of the agents whose protocols are known.

import { expect } from 'vitest';
import { parseInPieces, parseText } from '../collect-answer.ts';

export const done = 'data: [DONE]\n\n';

/** Server-sent events without names. */
export function sse(...events: unknown[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}

/** Server-sent events with a name each. */
export function named(...events: [string, unknown?][]): string {
  return events
    .map(([name, data]) =>
      data === undefined
        ? `event: ${name}\r\n\r\n`
        : `event: ${name}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`,
    )
    .join('');
}

/** Server-sent events that are named after their types. */
export function typed(...events: { type: string; [key: string]: unknown }[]): string {
  return named(...events.map((event): [string, unknown] => [event.type, event]));
}

export function lines(...values: unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** Parses a body in one piece, and checks that single bytes and an undeclared type give the same answer. */
export function read(body: string, type = 'text/event-stream') {
  const bytes = Buffer.from(body);
  const whole = parseText(body, type);
  for (const other of [
    parseInPieces(
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
      type,
    ),
    parseText(body),
  ])
    expect([other.text, other.reason]).toEqual([whole.text, whole.reason]);
  return whole;
}
