import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSigningSecret } from '../src/index.ts';
import { signatureHeaders } from '../src/sign-request.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { closedAgent } from './call-raw-agent.ts';
import { headersOf, httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

// The test vector of the Standard Webhooks libraries.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('signatures', () => {
  it('signatureHeaders gives the signature of the Standard Webhooks test vector', () => {
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
      now: new Date(1_614_265_330_999),
    };
    expect(signatureHeaders(secret, message)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    expect(signatureHeaders(secret.replace('whsec_', ''), message)).toEqual(
      signatureHeaders(secret, message),
    );
  });

  it('the signature covers the bytes that are sent', async () => {
    const key = randomBytes(32);
    await using agent = await startRawAgent((socket) => void socket.write(httpAnswer('{"output":"Hi"}')));
    const request = requestTo(agent.url, {
      signingSecret: `whsec_${key.toString('base64')}`,
      systemPrompt: 'Be “brief” — 日本',
    });
    await collectAnswer(callLoopbackAgent(request));
    const [sent] = agent.requests;
    const headers = headersOf(sent);
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = headers;
    const signed = `${id}.${timestamp}.${sent?.body}`;
    expect(id).toBe(request.runId);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
  });

  it('no signature is sent without a secret', async () => {
    await using agent = await startRawAgent((socket) => void socket.write(httpAnswer('{"output":"Hi"}')));
    await collectAnswer(callLoopbackAgent(requestTo(agent.url, { signingSecret: '' })));
    expect(Object.keys(headersOf(agent.requests[0])).filter((name) => name.startsWith('webhook-'))).toEqual(
      [],
    );
  });

  it.each([
    'whsec_',
    'whsec_short',
    'x'.repeat(200),
    'whsec_not base64 at all, but long enough',
    `whsec_${'A'.repeat(28)}`,
  ])('the invalid secret %j is refused, and the error does not contain the secret', async (bad) => {
    expect(readSigningSecret(bad)).toBeUndefined();
    const { url } = await closedAgent();
    const answer = await collectAnswer(callLoopbackAgent(requestTo(url, { signingSecret: bad })));
    expect(answer.reason).toBe('AGENT_MISCONFIGURED');
    expect(`${answer.error?.message} ${answer.error?.hint}`).not.toContain(bad.slice(6) || 'nothing');
  });
});
