// One line of n8n's stream: `{"type": ..., "content": ..., "metadata": {nodeId, nodeName, runIndex, itemIndex, ...}}`.
// Source: bytes of n8n 2.41 and its StructuredChunk type. Every field but `type` may be missing, and n8n may add types.

import { isRecord } from '../text-of-value.ts';

const KNOWN_TYPES = new Set(['begin', 'item', 'end', 'error', 'keepalive']);

export interface N8nFrame {
  type: string;
  content: unknown;
  nodeId: string;
  nodeName: string;
  runIndex: number;
  itemIndex: number;
}

/** @returns undefined if `value` is not a frame of this stream. */
export function readN8nFrame(value: unknown): N8nFrame | undefined {
  if (!isRecord(value)) return undefined;
  const { type, metadata } = value;
  if (typeof type !== 'string') return undefined;
  const about = isRecord(metadata) ? metadata : {};
  // An unknown type counts as n8n's only with a node id: other agents' answers have types and metadata, too.
  if (!KNOWN_TYPES.has(type) && typeof about['nodeId'] !== 'string') return undefined;
  return {
    type,
    content: value['content'],
    nodeId: stringOr(about['nodeId'], ''),
    nodeName: stringOr(about['nodeName'], ''),
    runIndex: numberOr(about['runIndex'], 0),
    itemIndex: numberOr(about['itemIndex'], 0),
  };
}

function stringOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
