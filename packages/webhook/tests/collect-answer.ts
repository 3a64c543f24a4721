// Reads an answer to its end and returns what a caller would have then.

import { expect } from 'vitest';
import type { AgentEvent, AnswerPart } from '../src/index.ts';
import { AgentError } from '../src/index.ts';
import { resolveAgentLimits, type AgentLimits } from '../src/agent-limits.ts';
import { AnswerParser } from '../src/parse-answer.ts';
import { createErrorQuote } from '../src/quote-error.ts';
import type { Capture } from './captures.ts';

export interface CollectedAnswer {
  text: string;
  outcome: 'succeeded' | 'failed';
  reason: string | undefined;
  error: AgentError | undefined;
  events: AgentEvent[];
  statuses: string[];
  /** The parts in order, the texts among them included. */
  parts: AnswerPart[];
}

/** What the parser needs to know beside the bytes. */
export interface ParseOptions {
  limits?: Partial<AgentLimits>;
  end?: 'end' | 'cut';
  answerField?: string;
  answerNodes?: readonly string[];
  contentSecurityPolicy?: string;
}

export async function collectAnswer(events: AsyncIterable<AgentEvent>): Promise<CollectedAnswer> {
  const collected: AgentEvent[] = [];
  try {
    for await (const event of events) collected.push(event);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return answerOf(collected, error);
  }
  return answerOf(collected, undefined);
}

/** Parses a body in the given pieces, without a network. */
export function parseInPieces(
  pieces: Iterable<Uint8Array>,
  contentType: string | null = null,
  limits: Partial<AgentLimits> = {},
  end: 'end' | 'cut' = 'end',
): CollectedAnswer {
  return parseWith(pieces, contentType, { limits, end });
}

export function parseWith(
  pieces: Iterable<Uint8Array>,
  contentType: string | null,
  { limits = {}, end = 'end', ...options }: ParseOptions,
): CollectedAnswer {
  const parser = new AnswerParser({
    contentType,
    limits: resolveAgentLimits(limits),
    quote: createErrorQuote([]),
    ...options,
  });
  const events: AgentEvent[] = [];
  for (const piece of pieces) {
    events.push(...parser.push(piece));
    if (parser.isDone) break;
  }
  events.push(...(end === 'end' || parser.isDone ? parser.end() : parser.cut()));
  return answerOf(events, parser.failure);
}

export function parseText(body: string, contentType: string | null = null): CollectedAnswer {
  return parseInPieces([Buffer.from(body)], contentType);
}

function answerOf(events: AgentEvent[], error: AgentError | undefined): CollectedAnswer {
  let text = '';
  for (const event of events) {
    if (event.type === 'text') text = event.reset ? event.content : text + event.content;
  }
  return {
    text,
    outcome: error === undefined ? 'succeeded' : 'failed',
    reason: error?.reason,
    error,
    events,
    parts: partsOf(events),
    statuses: events.flatMap((event) => (event.type === 'status' ? [event.description] : [])),
  };
}

function partsOf(events: readonly AgentEvent[]): AnswerPart[] {
  let parts: AnswerPart[] = [];
  for (const event of events) {
    const last = parts.at(-1);
    if (event.type === 'text') {
      if (event.reset) parts = parts.filter((part) => part.type !== 'text');
      if (last?.type === 'text' && !event.reset) last.text += event.content;
      else if (event.content !== '') parts.push({ id: '', type: 'text', text: event.content });
    } else if (event.type === 'part') {
      const { part } = event;
      const at = parts.findIndex(({ id }) => id === part.id);
      const known = parts[at];
      if (part.type !== 'reasoning-delta') parts.splice(at === -1 ? parts.length : at, 1, { ...part });
      else if (known?.type === 'reasoning') known.text += part.delta;
      else parts.push({ id: part.id, type: 'reasoning', text: part.delta });
    }
  }
  return parts;
}

/** Replaces white space by single spaces, for comparisons. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function expectAsCaptured(answer: CollectedAnswer, { name, expected }: Capture): void {
  const got = { name, text: squeeze(answer.text), outcome: answer.outcome };
  expect(got).toEqual({ name, text: expected.text, outcome: expected.outcome });
  if (expected.reason !== undefined) expect(expected.reason).toContain(answer.reason);
  expect(answer.text).toBe(answer.text.trim());
}
