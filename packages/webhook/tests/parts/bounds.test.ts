import { describe, expect, it } from 'vitest';
import { lines, sse } from '../known/bodies.ts';
import { readParts } from './told-parts.ts';

describe('the bounds of parts', () => {
  const call = (id: string, input: unknown, output: unknown) => [
    { type: 'tool-input-available', toolCallId: id, toolName: 'find', input },
    { type: 'tool-output-available', toolCallId: id, output },
  ];
  const said = { type: 'text-delta', delta: 'Hi' };

  it('a large or deep value of a tool becomes the start of its JSON', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 100; depth++) deep = [deep];
    const { parts, text: whole } = readParts(sse(said, ...call('a', { long: '"é'.repeat(100_000) }, deep)));
    expect(whole).toBe('Hi');
    const [, part] = parts;
    if (part?.type !== 'tool' || !('input' in part)) throw new Error('There is no tool.');
    expect(typeof part.input).toBe('string');
    expect(Buffer.byteLength(JSON.stringify(part.input))).toBeLessThanOrEqual(65_536);
    expect(part.output).toMatch(/^\[\[\[.*…$/);
  });

  it.each([
    ['parts', Array.from({ length: 600 }, (_, index) => call(`${index}`, {}, {})).flat()],
    ['bytes', Array.from({ length: 60 }, (_, index) => call(`${index}`, {}, 'x'.repeat(60_000))).flat()],
    [
      'bytes of reasoning',
      Array.from({ length: 30 }, () => ({ type: 'reasoning-delta', delta: 'x'.repeat(50_000) })),
    ],
    [
      'texts between parts',
      Array.from({ length: 300 }, (_, index) => [said, ...call(`${index}`, {}, {})]).flat(),
    ],
  ])('too many %s end the answer with its text kept', (_, events) => {
    const answer = readParts(sse(said, ...events));
    expect(answer).toMatchObject({ reason: 'AGENT_RESPONSE_TOO_LARGE' });
    expect(answer.text).toMatch(/^Hi/);
    expect(answer.parts.length).toBeLessThanOrEqual(500);
  });

  it('NUL and lone surrogates are replaced in all fields', () => {
    const bad = 'a\0b\ud83d';
    const body = sse(
      { type: 'reasoning-delta', delta: bad },
      ...call('a', { [bad]: [bad] }, bad),
      { type: 'source-url', url: 'https://a.example/', title: bad },
      said,
    );
    const json = JSON.stringify(readParts(body).parts);
    expect(json).not.toMatch(/\\u0000|\\ud83d/);
  });

  it('steps beyond 200 and statuses go on without parts, because the answer counts', () => {
    const frames = Array.from({ length: 1_000 }, (_, runIndex) =>
      ['begin', 'end'].map((type) => ({ type, metadata: { nodeId: 'a', nodeName: 'A', runIndex } })),
    ).flat();
    const body = lines(...frames, { type: 'item', content: 'Hi', metadata: { nodeId: 'b', nodeName: 'B' } });
    const answer = readParts(body);
    expect([answer.text, answer.reason]).toEqual(['Hi', undefined]);
    expect(answer.parts.filter(({ type }) => type === 'step')).toHaveLength(200);
  });
});
