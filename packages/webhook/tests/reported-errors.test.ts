// Errors that the API of a model reports have reasons of their own, because users and admins do different things about them.

import { describe, expect, it } from 'vitest';
import { call } from './call-raw-agent.ts';
import { parseText } from './collect-answer.ts';
import { httpAnswer } from './raw-agent.ts';

const errors: [string, string, object][] = [
  [
    'AGENT_CONTEXT_TOO_LONG',
    'Start a new chat',
    { message: 'This model’s maximum context length is 8192 tokens.', code: 'context_length_exceeded' },
  ],
  [
    'AGENT_CONTEXT_TOO_LONG',
    'Start a new chat',
    { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
  ],
  [
    'AGENT_QUOTA_EXCEEDED',
    'Tell an admin',
    { message: 'You exceeded your current quota', code: 'insufficient_quota' },
  ],
  ['AGENT_QUOTA_EXCEEDED', 'Tell an admin', { message: 'Your credit balance is too low' }],
  [
    'AGENT_RATE_LIMITED',
    'Try again',
    { message: 'Rate limit reached for requests', code: 'rate_limit_exceeded' },
  ],
  ['AGENT_RATE_LIMITED', 'Try again', { type: 'overloaded_error', message: 'Overloaded' }],
  [
    'AGENT_CONTENT_FILTERED',
    'in other words',
    { message: 'The response was filtered', code: 'content_filter' },
  ],
  [
    'AGENT_MISCONFIGURED',
    'not set up',
    { message: 'The model `gpt-9` does not exist', code: 'model_not_found' },
  ],
  [
    'AGENT_ERROR',
    'limit of steps',
    { message: 'Recursion limit of 25 reached without hitting a stop condition.' },
  ],
  ['AGENT_ERROR', 'failed while answering', { message: 'boom' }],
];

describe.each(errors)('%s', (reason, words, error) => {
  const { message } = error as { message: string };

  it(`is the reason of an error with the words ${message}, in a stream and in JSON`, () => {
    const event = JSON.stringify({ error });
    const streamed = parseText(`data: {"content":"Hel"}\n\ndata: ${event}\n\n`);
    expect([streamed.text, streamed.reason]).toEqual(['Hel', reason]);
    for (const { error: failure } of [streamed, parseText(event)]) {
      expect(failure?.reason).toBe(reason);
      expect(failure?.message).toContain(words);
      expect(failure?.message).not.toContain(message);
      expect(failure?.hint).toContain(message);
    }
  });

  it(`is the reason of a response with status 400 and the words ${message}`, async () => {
    const answer = await call((socket) => {
      socket.end(httpAnswer(JSON.stringify({ error }), 'application/json', '400 Bad Request'));
    });
    expect(answer.reason).toBe(reason);
  });
});

describe('an error of a protocol of events', () => {
  it.each([
    ['AG-UI', { type: 'RUN_ERROR', message: 'no credit', code: 'quota' }],
    ['Dify', { event: 'error', code: 'provider_quota_exceeded', message: 'quota' }],
    ['Anthropic', { type: 'error', error: { type: 'billing_error', message: 'no' } }],
    [
      'OpenAI’s responses',
      { type: 'response.failed', response: { error: { code: 'insufficient_quota', message: 'no' } } },
    ],
    ['n8n', { type: 'error', content: '402: insufficient_quota', metadata: { nodeId: 'a', nodeName: 'A' } }],
  ])('of %s has the reason of its code', (_, event) => {
    expect(parseText(`data: ${JSON.stringify(event)}\n\n`).reason).toBe('AGENT_QUOTA_EXCEEDED');
  });
});

describe('an HTTP error status', () => {
  const refuse = (status: string, headers = '', body = '{}', protocol: 'webhook' | 'openai' = 'webhook') =>
    call(
      (socket) => void socket.end(httpAnswer(body, `application/json${headers}`, status)),
      {},
      {
        protocol,
        config: { model: 'm' },
      },
    );

  it('429 with Retry-After says when to try again', async () => {
    const { reason, error } = await refuse('429 Too Many Requests', '\r\nRetry-After: 20');
    expect(reason).toBe('AGENT_RATE_LIMITED');
    expect(error?.message).toContain('Try again in 20 seconds.');
    const date = new Date(Date.now() + 10 * 60_000).toUTCString();
    const dated = await refuse('429 Too Many Requests', `\r\nRetry-After: ${date}`);
    expect(dated.error?.message).toMatch(/Try again in (?:9|10) minutes\./);
  });

  it('429 of an endpoint with OpenAI’s protocol is a rate limit, and a spent quota if the body says so', async () => {
    expect((await refuse('429 Too Many Requests', '', '{}', 'openai')).reason).toBe('AGENT_RATE_LIMITED');
    const body = '{"error":{"message":"insufficient_quota","code":"insufficient_quota"}}';
    expect((await refuse('429 Too Many Requests', '', body, 'openai')).reason).toBe('AGENT_QUOTA_EXCEEDED');
  });

  it('402 is a spent quota', async () => {
    expect((await refuse('402 Payment Required')).reason).toBe('AGENT_QUOTA_EXCEEDED');
  });
});

describe('an answer that a filter has emptied', () => {
  it.each([
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}\n\n',
    '{"candidates":[{"finishReason":"SAFETY","index":0}]}',
    '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}',
  ])('is AGENT_CONTENT_FILTERED: %s', (body) => {
    expect(parseText(body)).toMatchObject({ text: '', reason: 'AGENT_CONTENT_FILTERED' });
  });
});
