import { describe, expect, it } from 'vitest';
import type { AgentRequest } from '../src/index.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { headersOf, httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

async function requestReceived(changes: Partial<AgentRequest>) {
  await using agent = await startRawAgent((socket) => void socket.write(httpAnswer('{"output":"Hi"}')));
  await collectAnswer(callLoopbackAgent(requestTo(agent.url, changes)));
  const [request] = agent.requests;
  if (request === undefined) throw new Error('The agent received no request.');
  const [requestLine] = request.head.split('\r\n');
  return {
    requestLine,
    headers: headersOf(request),
    body: JSON.parse(request.body),
    count: agent.requests.length,
  };
}

describe('the request to an agent', () => {
  it('a call is one POST with the whole conversation, also in the fields of n8n’s Chat Trigger', async () => {
    const messages: AgentRequest['messages'] = [
      { role: 'user', content: 'What is 2 + 2?', timestamp: '2026-11-23T03:00:00.000Z' },
      { role: 'assistant', content: '4', timestamp: '2026-11-23T03:00:01.000Z' },
      { role: 'user', content: 'Sure?\n👩‍👩‍👧 "é"', timestamp: '2026-11-23T03:00:02.000Z' },
    ];
    const received = await requestReceived({
      token: 'wh-token',
      messages,
      systemPrompt: 'Be brief.',
      config: { model: 'm', nested: { a: [1] } },
    });
    expect(received.count).toBe(1);
    expect(received.requestLine).toBe('POST /webhook/chat HTTP/1.1');
    expect(received.body).toEqual({
      messages,
      system_prompt: 'Be brief.',
      config: { model: 'm', nested: { a: [1] } },
      action: 'sendMessage',
      sessionId: '0192aaaa-0000-7000-8000-000000000002',
      chatInput: 'Sure?\n👩‍👩‍👧 "é"',
      chat_id: '0192aaaa-0000-7000-8000-000000000002',
      run_id: '0192aaaa-0000-7000-8000-000000000001',
      agent_id: '0192aaaa-0000-7000-8000-000000000003',
      user: {
        id: '0192aaaa-0000-7000-8000-000000000004',
        email: 'ada@example.com',
        display_name: 'Ada',
        role: 'user',
      },
    });
    expect(received.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer wh-token',
      'idempotency-key': '0192aaaa-0000-7000-8000-000000000001',
      accept: expect.stringContaining('text/event-stream'),
    });
  });

  it('a valid trace is forwarded, and no authorization is sent without a token', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = await requestReceived({ token: '', traceparent });
    expect(headers).toMatchObject({ traceparent });
    expect(headers).not.toHaveProperty('authorization');
  });

  it.each([
    undefined,
    '',
    'nonsense',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx-evil: 1',
  ])('an invalid trace is replaced by one with the id of the run: %j', async (traceparent) => {
    const { headers } = await requestReceived({ traceparent });
    expect(headers['traceparent']).toBe('00-0192aaaa000070008000000000000001-8000000000000001-01');
    expect(headers).not.toHaveProperty('x-evil');
  });

  it('only the role, content and timestamp of a message are sent', async () => {
    const message = {
      role: 'user' as const,
      content: 'Hi',
      timestamp: '2026-11-23T03:00:00.000Z',
      secret: 's3cret',
    };
    const { body } = await requestReceived({ messages: [message] });
    expect(JSON.stringify(body)).not.toContain('s3cret');
  });

  it.each([
    'ftp://example.com/',
    'http://user:pw@127.0.0.1/',
    'file:///etc/passwd',
    '/webhook/x',
    'javascript:0',
    '',
  ])('no request is sent to %j', async (url) => {
    const answer = await collectAnswer(callLoopbackAgent(requestTo(url)));
    expect(answer).toMatchObject({ reason: 'AGENT_BLOCKED_URL', text: '' });
  });

  it.each(['a\nb', 'a\r\nX-Evil: 1', '\u4e2d'])(
    'no request is sent with the token %j, and the error does not contain the token',
    async (token) => {
      const answer = await collectAnswer(callLoopbackAgent(requestTo('http://127.0.0.1:9/', { token })));
      expect(answer.reason).toBe('AGENT_MISCONFIGURED');
      expect(`${answer.error?.message} ${answer.error?.hint}`).not.toContain(token);
    },
  );

  it.each([
    { auth: 'basic', token: 'ada:p@ss: wörd', name: 'authorization', value: 'Basic YWRhOnBAc3M6IHfDtnJk' },
    { auth: 'header', authHeader: 'X-API-Key', token: 'key 1', name: 'x-api-key', value: 'key 1' },
    {
      auth: 'header',
      authHeader: 'Authorization',
      token: 'Token abc',
      name: 'authorization',
      value: 'Token abc',
    },
  ] as const)(
    'a token of the kind $auth is sent in the header $name',
    async ({ name, value, ...credentials }) => {
      const { headers } = await requestReceived(credentials);
      expect(headers[name]).toBe(value);
      if (name !== 'authorization') expect(headers).not.toHaveProperty('authorization');
    },
  );

  it('a password is redacted from a quoted error, alone and with its user', async () => {
    await using agent = await startRawAgent((socket) => {
      socket.write(httpAnswer('{"message":"no p4ssword-1 of ada:p4ssword-1"}', 'application/json', '500 No'));
    });
    const request = requestTo(agent.url, { auth: 'basic', token: 'ada:p4ssword-1' });
    const { error } = await collectAnswer(callLoopbackAgent(request));
    expect(error?.hint).toContain('no [redacted] of [redacted]');
  });

  it.each([
    'Connection',
    'proxy-authorization',
    'Content-Length',
    'HOST',
    'Idempotency-Key',
    'X-Forwarded-For',
    'a b',
    'x:y',
    '',
  ])('no request is sent with a token in the header %j', async (authHeader) => {
    const request = requestTo('http://127.0.0.1:9/', { auth: 'header', authHeader, token: 's3cret' });
    expect((await collectAnswer(callLoopbackAgent(request))).reason).toBe('AGENT_MISCONFIGURED');
  });

  it('no request is sent before the first event is requested', async () => {
    await using agent = await startRawAgent(() => {});
    const events = callLoopbackAgent(requestTo(agent.url));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(agent.connections).toBe(0);
    await events.return();
    expect(agent.connections).toBe(0);
  });
});
