import { describe, expect, it } from 'vitest';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

async function refusal(
  status: string,
  body = '',
  { type = 'application/json', token = null as string | null, path = '', headers = '' } = {},
) {
  await using agent = await startRawAgent((socket) => {
    socket.write(httpAnswer(body, `${type}${headers}`, status));
  });
  const url = path === '' ? agent.url : new URL(path, agent.url).href;
  const answer = await collectAnswer(callLoopbackAgent(requestTo(url, { token })));
  expect(agent.connections).toBe(1);
  expect(answer.text).toBe('');
  expect(answer.error?.message).toBeTruthy();
  expect(answer.error?.hint).toBeTruthy();
  return { reason: answer.reason, message: answer.error?.message ?? '', hint: answer.error?.hint ?? '' };
}

describe('error responses', () => {
  it.each([
    ['301 Moved', 'AGENT_PROTOCOL_ERROR'],
    ['400 Bad Request', 'AGENT_ERROR'],
    ['401 Unauthorized', 'AGENT_UNAUTHORIZED'],
    ['403 Forbidden', 'AGENT_UNAUTHORIZED'],
    ['404 Not Found', 'AGENT_NOT_REGISTERED'],
    ['405 Method Not Allowed', 'AGENT_NOT_REGISTERED'],
    ['407 Proxy Authentication Required', 'AGENT_UNAUTHORIZED'],
    ['408 Request Timeout', 'AGENT_TIMEOUT'],
    ['410 Gone', 'AGENT_NOT_REGISTERED'],
    ['413 Payload Too Large', 'AGENT_ERROR'],
    ['421 Misdirected Request', 'AGENT_ERROR'],
    ['422 Unprocessable Entity', 'AGENT_ERROR'],
    ['429 Too Many Requests', 'AGENT_ERROR'],
    ['500 Internal Server Error', 'AGENT_ERROR'],
    ['502 Bad Gateway', 'AGENT_UNREACHABLE'],
    ['503 Service Unavailable', 'AGENT_UNREACHABLE'],
    ['504 Gateway Timeout', 'AGENT_TIMEOUT'],
    ['524 A Timeout Occurred', 'AGENT_TIMEOUT'],
  ])('the status %s has the reason %s with any body, and is not retried', async (status, reason) => {
    expect((await refusal(status, '{"message":"Error in workflow"}')).reason).toBe(reason);
    const page = await refusal(status, '<html><body>s3cret</body></html>', { type: 'text/html' });
    expect(page.reason).toBe(reason);
    expect(page.message + page.hint).not.toContain('s3cret');
  });

  it('the hint quotes the message of an n8n error, and nothing else of its body', async () => {
    const body =
      '{"code":0,"message":"Unused Respond to Webhook node","hint":"h","stacktrace":"at s3cret (/opt/n8n)"}';
    const { hint, message } = await refusal('500 Internal Server Error', body);
    expect(hint).toContain('Unused Respond to Webhook node');
    expect(hint).not.toContain('s3cret');
    expect(message).not.toContain('Unused');
  });

  it('the hint never quotes the token or JSON of an unknown shape', async () => {
    const token = 'wh-token-1234';
    const { hint } = await refusal(
      '500 No',
      `{"message":"got Bearer ${token} and ${token}","headers":{"x":"s3cret"}}`,
      { token },
    );
    expect(hint).toContain('got Bearer [redacted] and [redacted]');
    expect(hint).not.toMatch(/wh-token|s3cret/);
  });

  it('the hint for an unregistered webhook says what to change', async () => {
    const body = (message: string) => JSON.stringify({ code: 404, message });
    const inactive = await refusal(
      '404 Not Found',
      body('The requested webhook "POST x" is not registered.'),
    );
    expect(inactive.hint).toContain('publish it in n8n');
    const wrongMethod = await refusal(
      '404 Not Found',
      body('This webhook is not registered for POST requests. Did you mean to make a GET request?'),
    );
    expect(wrongMethod.hint).toContain('HTTP Method to POST');
    const test = await refusal('404 Not Found', body('The requested webhook "x" is not registered.'), {
      path: '/webhook-test/x',
    });
    expect(test.hint).toContain('/webhook-test/');
  });

  it('the hint for a refused token says whether a token was sent', async () => {
    const withToken = await refusal('403 Forbidden', 'Authorization data is wrong!', { token: 'x' });
    const without = await refusal('403 Forbidden', 'Authorization data is wrong!');
    expect(withToken.hint).toContain('Bearer <token>');
    expect(without.hint).toContain('no token');
  });

  it('a redirect is not followed, and the hint names its target without the query', async () => {
    await using other = await startRawAgent((socket) => void socket.write(httpAnswer('{"output":"no"}')));
    const { hint, reason } = await refusal('307 Temporary Redirect', '', {
      headers: `\r\nLocation: ${other.url}?key=s3cret`,
    });
    expect(reason).toBe('AGENT_PROTOCOL_ERROR');
    expect(hint).toContain(other.url);
    expect(hint).not.toContain('s3cret');
    expect(other.connections).toBe(0);
  });

  it.each(['204 No Content', '205 Reset Content'])('the status %s is an empty answer', async (status) => {
    await using agent = await startRawAgent((socket) => void socket.write(`HTTP/1.1 ${status}\r\n\r\n`));
    expect(
      await collectAnswer(callLoopbackAgent(requestTo(agent.url), { limits: { idleTimeoutMs: 300 } })),
    ).toMatchObject({
      reason: 'AGENT_EMPTY_RESPONSE',
    });
  });

  it('an error response whose body never ends is reported after errorGraceMs', async () => {
    await using agent = await startRawAgent((socket) => {
      socket.write('HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\n{"message"');
    });
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo(agent.url), { limits: { errorGraceMs: 50 } }),
    );
    expect(answer.reason).toBe('AGENT_ERROR');
  });
});
