import { describe, expect, it } from 'vitest';
import type { AgentCredentials } from '../src/agent-credentials.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

async function refusal(
  status: string,
  body = '',
  {
    type = 'application/json',
    path = '',
    headers = '',
    ...credentials
  }: { type?: string; path?: string; headers?: string } & Partial<AgentCredentials> = {},
) {
  await using agent = await startRawAgent((socket) => {
    socket.write(httpAnswer(body, `${type}${headers}`, status));
  });
  const url = path === '' ? agent.url : new URL(path, agent.url).href;
  const answer = await collectAnswer(callLoopbackAgent(requestTo(url, credentials)));
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
    expect(without.hint).toContain('sends none');
  });

  it.each([
    ['403 Forbidden', 'IP is not whitelisted to access the webhook!', 'IP(s) Whitelist'],
    ['401 Unauthorized', 'Authorization is required!', 'Basic Auth'],
    ['403 Forbidden', 'Authorization data is wrong!', 'Ignore Bots'],
    ['401 Unauthorized', 'No token provided', 'JWT Auth'],
    ['403 Forbidden', 'jwt malformed', 'JWT Auth'],
    ['403 Forbidden', 'invalid signature', 'invalid signature'],
    ['401 Unauthorized', 'User not authenticated!', 'n8n User Auth'],
  ])('%s with n8n’s words %j names the setting %j', async (status, body, setting) => {
    const { reason, hint } = await refusal(status, body, { type: 'text/plain' });
    expect(reason).toBe('AGENT_UNAUTHORIZED');
    expect(hint).toContain(setting);
  });

  it.each([
    [{ token: 'x', auth: 'basic' }, 'user and password'],
    [{ token: 'x', auth: 'header', authHeader: 'X-API-Key' }, 'X-API-Key'],
    [{ token: null }, 'sends none'],
  ] as const)('the hint for wrong credentials %j names what to check', async (credentials, check) => {
    const token = 'token' in credentials && credentials.token !== null ? { token: 'ada:pw' } : {};
    const { hint } = await refusal('403 Forbidden', 'Authorization data is wrong!', {
      ...credentials,
      ...token,
    });
    expect(hint).toContain(check);
  });

  it('a trigger whose authentication has no credential is named', async () => {
    const { reason, hint } = await refusal('500 No', 'No authentication data defined on node!');
    expect(reason).toBe('AGENT_MISCONFIGURED');
    expect(hint).toContain('Select one');
  });

  it('a chat trigger that is not public and an address of the editor are named', async () => {
    const hidden = await refusal('404 Not Found', '', { path: '/webhook/1a2b/chat' });
    expect(hidden).toMatchObject({ reason: 'AGENT_NOT_REGISTERED' });
    expect(hidden.hint).toContain('Make Chat Publicly Available');
    const editor = await refusal('404 Not Found', '<pre>Cannot POST /workflow/1a2b</pre>', {
      path: '/workflow/1a2b',
    });
    expect(editor.hint).toContain('Production URL');
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

describe('empty answers', () => {
  const hintOf = async (headers: string) => {
    await using agent = await startRawAgent((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${headers}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
    });
    const { reason, error } = await collectAnswer(callLoopbackAgent(requestTo(agent.url)));
    expect(reason).toBe('AGENT_EMPTY_RESPONSE');
    return error?.hint ?? '';
  };
  const json = 'Content-Type: application/json; charset=utf-8\r\n';

  it('an n8n stream in which no node streamed is told apart from an answer without a body', async () => {
    const stream = await hintOf(`${json}Cache-Control: no-cache\r\n`);
    expect(stream).toContain('Enable Streaming');
    expect(stream).toContain('Execute Sub-workflow');
    expect(stream).not.toContain('No Response Body');
    const whole = await hintOf(`${json}Content-Security-Policy: sandbox allow-forms\r\n`);
    expect(whole).toContain('No Response Body');
    expect(whole).toContain('Immediately');
    expect(whole).not.toContain('Enable Streaming');
  });

  it('a chat trigger whose Chat nodes answer, and an answer of the trigger’s own input, name the setting', async () => {
    const hint = async (body: string) => {
      await using agent = await startRawAgent((socket) => void socket.write(httpAnswer(body)));
      return (await collectAnswer(callLoopbackAgent(requestTo(agent.url)))).error?.hint;
    };
    expect(await hint('{"executionStarted":true,"executionId":"7"}')).toContain('Using Response Nodes');
    expect(await hint('{"chatInput":"Hi","sessionId":"1"}')).toContain('Wait node');
  });

  it('an empty answer of another agent names both', async () => {
    const hint = await hintOf('');
    expect(hint).toContain('Enable Streaming');
    expect(hint).toContain('No Response Body');
  });
});
