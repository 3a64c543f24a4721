import { expect, test } from 'vitest';
import { initialRunView, reduceRunEvents, type RunEvent } from '../src/index.ts';

const message = (content: string): RunEvent => ({ type: 'message', data: { content } });
const status = (description: string, done = false): RunEvent => ({
  type: 'status',
  data: { description, level: 'info', done },
});
const view = (...events: RunEvent[]) => events.reduce(reduceRunEvents, initialRunView);

test('deltas are appended, and a reset discards the text so far', () => {
  expect(view(message('One'), message(' two')).text).toBe('One two');
  const reset: RunEvent = { type: 'message', data: { content: 'Again', reset: true } };
  expect(view(message('One'), reset, message(' two')).text).toBe('Again two');
});

test('a status lasts until it is done, another status arrives or the run ends', () => {
  expect(view(status('Searching')).status).toBe('Searching');
  expect(view(status('Searching'), status('Reading')).status).toBe('Reading');
  expect(view(status('Searching'), status('Searching', true)).status).toBeNull();
  const done: RunEvent = { type: 'done', data: { message: 'Stream completed', messageId: 'm' } };
  expect(view(status('Searching'), done)).toEqual({
    text: '',
    parts: [],
    status: null,
    state: 'succeeded',
    messageId: 'm',
    error: null,
  });
});

test('an error event keeps the text, and tells an interrupted run from a failed one', () => {
  const error = (reason: string): RunEvent => ({ type: 'error', data: { reason, message: 'Why' } });
  expect(view(message('Half'), error('AGENT_ERROR'))).toMatchObject({
    text: 'Half',
    state: 'failed',
    error: { reason: 'AGENT_ERROR', message: 'Why' },
  });
  expect(view(error('RUN_INTERRUPTED')).state).toBe('interrupted');
});

test('the reducer does not modify the view that it is given', () => {
  const before = structuredClone(initialRunView);
  view(message('One'), status('Searching'));
  expect(initialRunView).toEqual(before);
});

test('an event of an unknown type changes nothing', () => {
  const before = view(message('One'));
  expect(reduceRunEvents(before, { type: 'part-of-the-future', data: {} } as unknown as RunEvent)).toBe(
    before,
  );
});
