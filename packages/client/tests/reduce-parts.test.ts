import { collectParts } from '@parley/api/testing';
import { expect, test } from 'vitest';
import { initialRunView, reduceRunEvents, type AnswerPart, type RunEvent } from '../src/index.ts';

const viewOf = (events: RunEvent[]) => events.reduce(reduceRunEvents, initialRunView);

/** A generator of numbers below `max` with a fixed seed. */
function seeded(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % max;
  };
}

function randomEvent(random: (max: number) => number): RunEvent {
  const text = ['', 'a', 'b ', 'c\n'][random(4)] ?? '';
  const id = `x${random(4)}`;
  switch (random(8)) {
    case 0:
      return { type: 'message', data: { content: text, reset: true } };
    case 1:
      return { type: 'part', data: { id, type: 'reasoning', text } };
    case 2:
      return { type: 'part', data: { id, type: 'tool', name: text, state: 'running', input: { text } } };
    case 3:
    case 4:
      return { type: 'part', data: { id, type: 'reasoning-delta', delta: text } };
    case 5: {
      const parts: AnswerPart[] = [
        { id: 'text-1', type: 'text', text: 'a' },
        { id, type: 'reasoning', text },
      ];
      const isText = random(2) === 0;
      const all = isText ? [] : parts;
      return { type: 'message', data: { content: 'a', reset: true, ...(random(4) === 0 && { parts: all }) } };
    }
    default:
      return { type: 'message', data: { content: text } };
  }
}

test('the reducer builds the parts that the server saves, and its text parts joined are its text', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seeded(seed);
    const events = Array.from({ length: 1 + random(40) }, () => randomEvent(random));
    const { parts, text } = viewOf(events);
    expect(parts).toEqual(collectParts(events) ?? []);
    const texts = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    if (parts.length > 0) expect(texts).toBe(text);
  }
});

test('text, reasoning and tools stay in the order in which they came', () => {
  const view = viewOf([
    { type: 'message', data: { content: 'Let me look.' } },
    { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'H' } },
    { type: 'part', data: { id: 't1', type: 'tool', name: 'search', state: 'running' } },
    { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: 'm' } },
    { type: 'message', data: { content: 'Found' } },
    { type: 'part', data: { id: 't1', type: 'tool', name: 'search', state: 'output', output: 1 } },
    { type: 'message', data: { content: ' it.' } },
  ]);
  expect(view.parts).toEqual([
    { id: 'text-1', type: 'text', text: 'Let me look.' },
    { id: 'r1', type: 'reasoning', text: 'Hm' },
    { id: 't1', type: 'tool', name: 'search', state: 'output', output: 1 },
    { id: 'text-2', type: 'text', text: 'Found it.' },
  ]);
  expect(view.text).toBe('Let me look.Found it.');
});

test('a replay from the start drops the parts of before', () => {
  const stale: RunEvent = { type: 'part', data: { id: 'r9', type: 'reasoning', text: 'Stale' } };
  const forget: RunEvent = { type: 'message', data: { content: '', reset: true, parts: [] } };
  expect(viewOf([stale, forget])).toMatchObject({ parts: [], text: '' });
});
