// The check that every test server makes of its own responses finds what is not as documented.
import { expect, test } from 'vitest';
import { problemOf, problemOfEvent } from './openapi-check.ts';

const json = 'application/json; charset=utf-8';
const stop = {
  method: 'POST',
  path: '/api/chats/0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70/stop',
  contentType: json,
};

test('a response as documented passes', () => {
  expect(problemOf({ ...stop, status: 200, body: { run_id: null } })).toBeUndefined();
  const body = { reason: 'CHAT_NOT_FOUND', message: 'There is no such chat.' };
  expect(problemOf({ ...stop, status: 404, body })).toBeUndefined();
});

test.each([
  ['a missing property', { status: 200, body: {} }, "must have required property 'run_id'"],
  ['another type', { status: 200, body: { run_id: 1 } }, 'run_id must be'],
  ['an undocumented property', { status: 200, body: { run_id: null, secret: 1 } }, 'additional properties'],
  ['an undocumented status', { status: 418, body: {} }, '418  is not documented'],
  [
    'an undocumented media type',
    { status: 200, body: {}, contentType: 'text/html' },
    'text/html is not documented',
  ],
  [
    'an undocumented reason',
    { status: 404, body: { reason: 'OTHER', message: '' } },
    'OTHER is not documented',
  ],
  ['an undocumented path', { status: 200, body: {}, path: '/api/nothing' }, 'is not documented'],
])('%s is found', (_what, answer, problem) => {
  expect(problemOf({ ...stop, ...answer })).toContain(problem);
});

test('an undocumented event is found', () => {
  expect(problemOfEvent({ type: 'message', data: { content: 'Hi' } })).toBeUndefined();
  expect(problemOfEvent({ type: 'message', data: {} })).toContain('content');
  expect(problemOfEvent({ type: 'other', data: {} })).toContain('an event');
});
