// The bytes of answers of real n8n workflows and of other agents, and the text that a user should read.

import { readFileSync } from 'node:fs';
import { brotliDecompressSync, constants } from 'node:zlib';

interface Expected {
  text: string;
  outcome: 'succeeded' | 'failed';
  reason?: string[];
}

export interface Capture {
  name: string;
  /** The socket's reads, HTTP framing included. */
  reads: { atMs: number; bytes: Buffer }[];
  /** Whether n8n never closed the connection. */
  isKeptOpen: boolean;
  expected: Expected;
}

// The body of this capture is `Hi q"uote\nnew 👩‍👩‍👧`; expected.json lacks the word "new".
const corrected: Record<string, Expected> = {
  'respond-json-unicode': { outcome: 'succeeded', text: 'Hi q"uote new 👩‍👩‍👧' },
};

/** Answers of n8n. */
export const captures = readCaptures('n8n-captures.jsonl', 'expected.json');

/** Answers of n8n's AI Agent after two tool calls. */
export const toolCaptures = readCaptures('n8n-tools-captures.jsonl', 'expected-tools.json');

/** Answers of n8n and of agents with other protocols, among them those that are easily misread. */
export const answerCaptures = readCaptures('answer-captures.jsonl', 'expected-answers.json');

export function captureNamed(name: string): Capture {
  const capture = [...captures, ...toolCaptures].find((candidate) => candidate.name === name);
  if (capture === undefined) throw new Error(`There is no capture ${name}.`);
  return capture;
}

/** The dechunked and decompressed body. */
export function bodyOf(capture: Capture): { contentType: string | null; body: Buffer } {
  const bytes = Buffer.concat(capture.reads.map((read) => read.bytes));
  const headEnd = bytes.indexOf('\r\n\r\n') + 4;
  const head = bytes.toString('latin1', 0, headEnd);
  const raw = bytes.subarray(headEnd);
  const body = /transfer-encoding: chunked/i.test(head) ? joinChunks(raw) : raw;
  const finishFlush = constants.BROTLI_OPERATION_FLUSH;
  return {
    contentType: /content-type: (.*)\r/i.exec(head)?.[1] ?? null,
    body: /content-encoding: br/i.test(head) ? brotliDecompressSync(body, { finishFlush }) : body,
  };
}

function readFixture(file: string): string {
  return readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8');
}

function readCaptures(file: string, expectedFile: string): readonly Capture[] {
  const expected: Record<string, Expected> = JSON.parse(readFixture(expectedFile));
  const lines = readFixture(file).trim().split('\n');
  return lines.map((line) => readCapture(line, expected));
}

function readCapture(line: string, expected: Record<string, Expected>): Capture {
  const { name, end, reads }: { name: string; end: string; reads: [number, string][] } = JSON.parse(line);
  const wanted = corrected[name] ?? expected[name];
  if (wanted === undefined) throw new Error(`expected.json has no entry ${name}.`);
  return {
    name,
    reads: reads.map(([atMs, base64]) => ({ atMs, bytes: Buffer.from(base64, 'base64') })),
    isKeptOpen: end !== 'response complete' && end !== 'closed',
    expected: wanted,
  };
}

function joinChunks(raw: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < raw.length;) {
    const lineEnd = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.toString('latin1', at, lineEnd), 16);
    if (!size) break;
    chunks.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}
