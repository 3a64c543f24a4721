import { expect, test } from 'vitest';
import { initialRunView, reduceRunEvents, type RunEvent } from '../src/index.ts';

const message = (content: string): RunEvent => ({ type: 'message', data: { content } });
const status = (description: string, done = false): RunEvent => ({
  type: 'status',
  data: { description, level: 'info', done },
});
const view = (...events: RunEvent[]) => events.reduce(reduceRunEvents, initialRunView);

test('deltas are appended, and a reset forgets what came before', () => {
  expect(view(message('One'), message(' two')).text).toBe('One two');
  const reset: RunEvent = { type: 'message', data: { content: 'Again', reset: true } };
  expect(view(message('One'), reset, message(' two')).text).toBe('Again two');
});

test('a status is shown until it is done, or another comes, or the run ends', () => {
  expect(view(status('Searching')).status).toBe('Searching');
  expect(view(status('Searching'), status('Reading')).status).toBe('Reading');
  expect(view(status('Searching'), status('Searching', true)).status).toBeNull();
  const done: RunEvent = { type: 'done', data: { message: 'Stream completed', messageId: 'm' } };
  expect(view(status('Searching'), done)).toEqual({
    text: '',
    status: null,
    state: 'succeeded',
    messageId: 'm',
    error: null,
  });
});

test('an error keeps the text, and says whether the server was interrupted or the agent failed', () => {
  const error = (reason: string): RunEvent => ({ type: 'error', data: { reason, message: 'Why' } });
  expect(view(message('Half'), error('AGENT_ERROR'))).toMatchObject({
    text: 'Half',
    state: 'failed',
    error: { reason: 'AGENT_ERROR', message: 'Why' },
  });
  expect(view(error('RUN_INTERRUPTED')).state).toBe('interrupted');
});

test('no event changes the view that it is applied to', () => {
  const before = structuredClone(initialRunView);
  view(message('One'), status('Searching'));
  expect(initialRunView).toEqual(before);
});
