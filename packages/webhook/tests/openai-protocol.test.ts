import { describe, expect, it } from 'vitest';
import type { AgentRequest } from '../src/index.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { headersOf, httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const stream = httpAnswer(`${chunk('Hi')}${chunk(' there')}data: [DONE]\n\n`, 'text/event-stream');

async function ask(path: string, changes: Partial<AgentRequest> = {}, answer = stream) {
  await using agent = await startRawAgent((socket) => void socket.write(answer));
  const url = new URL(path, agent.url).href;
  const request = requestTo(url, { protocol: 'openai', config: { model: 'llama3.2' }, ...changes });
  const result = await collectAnswer(callLoopbackAgent(request));
  const [received] = agent.requests;
  return {
    ...result,
    path: received?.head.split(' ')[1],
    headers: headersOf(received),
    body: received === undefined ? undefined : JSON.parse(received.body),
  };
}

describe('OpenAI’s protocol', () => {
  it('the request asks for streamed chat completions with the whole conversation and no data of the user', async () => {
    const messages: AgentRequest['messages'] = [
      { role: 'user', content: 'What is 2 + 2?', timestamp: '2026-11-23T03:00:00.000Z' },
      { role: 'assistant', content: '4', timestamp: '2026-11-23T03:00:01.000Z' },
      { role: 'user', content: 'Sure?', timestamp: '2026-11-23T03:00:02.000Z' },
    ];
    const config = { model: 'llama3.2', temperature: 0.2, messages: 'not these' };
    const asked = await ask('/v1', { token: 'sk-1', systemPrompt: 'Be brief.', messages, config });
    expect(asked).toMatchObject({ text: 'Hi there', outcome: 'succeeded', path: '/v1/chat/completions' });
    expect(asked.body).toEqual({
      stream: true,
      model: 'llama3.2',
      temperature: 0.2,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is 2 + 2?' },
        { role: 'assistant', content: '4' },
        { role: 'user', content: 'Sure?' },
      ],
    });
    expect(asked.headers).toMatchObject({
      authorization: 'Bearer sk-1',
      'idempotency-key': '0192aaaa-0000-7000-8000-000000000001',
    });
    expect(JSON.stringify([asked.headers, asked.body])).not.toContain('ada@example.com');
  });

  it.each([
    ['/v1/', '/v1/chat/completions'],
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/', '/chat/completions'],
    ['/openai/deployments/x?api-version=1', '/openai/deployments/x/chat/completions?api-version=1'],
  ])('the address %s leads to %s', async (path, expected) => {
    expect((await ask(path)).path).toBe(expected);
  });

  it('"stream": false in config gives an answer in one piece', async () => {
    const whole = httpAnswer('{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"}}]}');
    const asked = await ask('/v1', { config: { model: 'm', stream: false } }, whole);
    expect(asked).toMatchObject({ text: 'Hi', outcome: 'succeeded', body: { stream: false } });
  });

  it.each([{}, { model: '' }, { model: 7 }])('no request is sent without a model: %j', async (config) => {
    const asked = await ask('/v1', { config });
    expect(asked).toMatchObject({ reason: 'AGENT_MISCONFIGURED', body: undefined });
    expect(asked.error?.hint).toContain('"model"');
  });

  it.each([
    ['401 Unauthorized', '{"error":{"message":"Incorrect API key"}}', 'AGENT_UNAUTHORIZED', /API key/],
    [
      '404 Not Found',
      '{"error":{"message":"model \\"x\\" not found"}}',
      'AGENT_NOT_REGISTERED',
      /name of the model.*model "x" not found/,
    ],
    ['400 Bad Request', '{"error":{"message":"bad temperature"}}', 'AGENT_ERROR', /config.*bad temperature/],
    ['500 No', '', 'AGENT_ERROR', /endpoint failed/],
    [
      '200 OK',
      '{"choices":[{"message":{"content":null,"reasoning_content":"hm"},"finish_reason":"length"}]}',
      'AGENT_EMPTY_RESPONSE',
      /tokens for reasoning/,
    ],
  ])('the hint for %s with %s does not mention n8n', async (status, body, reason, hint) => {
    const asked = await ask('/v1', { token: 'sk-1' }, httpAnswer(body, 'application/json', status));
    expect(asked.reason).toBe(reason);
    expect(asked.error?.hint).toMatch(hint);
    expect(asked.error?.hint).not.toContain('n8n');
  });
});
