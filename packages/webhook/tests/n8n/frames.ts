// The lines of n8n's stream.

import { parseInPieces, parseText } from '../collect-answer.ts';

export interface Where {
  node?: string;
  item?: number;
  run?: number;
}

export function frame(
  type: string,
  content?: unknown,
  { node = 'Agent', item: itemIndex = 0, run = 0 }: Where = {},
) {
  const metadata = { nodeId: `id of ${node}`, nodeName: node, itemIndex, runIndex: run, timestamp: 1 };
  return JSON.stringify({ type, content, metadata });
}

export const begin = (where?: Where) => frame('begin', undefined, where);
export const item = (content: unknown, where?: Where) => frame('item', content, where);
export const end = (where?: Where) => frame('end', undefined, where);
export const error = (content?: unknown, where?: Where) => frame('error', content, where);

export function read(...lines: string[]) {
  return parseText(lines.map((line) => `${line}\n`).join(''));
}

export function readLineByLine(...lines: string[]) {
  return parseInPieces(lines.map((line) => Buffer.from(`${line}\n`)));
}

export const A = { node: 'A' };
export const B = { node: 'B' };
