// The parts that an agent has told, without ids and times, which are not its own.

import type { AnswerPart } from '../../src/index.ts';
import { parseText } from '../collect-answer.ts';

export function readParts(body: string) {
  const { parts, text: said, reason } = parseText(body);
  const told = parts.map((part: AnswerPart) => {
    const { id: _id, ...rest } = part;
    if (rest.type === 'step') return { type: 'step', name: rest.name, isOver: rest.endedAt !== undefined };
    if (rest.type === 'reasoning') return { type: 'reasoning', text: rest.text };
    if (rest.type === 'notice') return { type: 'notice', reason: rest.reason };
    return rest;
  });
  return { text: said, reason, parts: told };
}

export function text(said: string) {
  return { type: 'text', text: said };
}

export function thought(said: string) {
  return { type: 'reasoning', text: said };
}

export function tool(name: string, input: unknown, output?: unknown) {
  return { type: 'tool', name, state: 'output', input, ...(output !== undefined && { output }) };
}
