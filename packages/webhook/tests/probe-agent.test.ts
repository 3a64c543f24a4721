import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { probeAgent, type AgentReport, type AgentRequest, type CallAgentOptions } from '../src/index.ts';
import { loopback } from './call-loopback-agent.ts';
import { closedAgent } from './call-raw-agent.ts';
import { captureNamed } from './captures.ts';
import { chunk, chunkedHead, httpAnswer, lastChunk, requestTo, startRawAgent } from './raw-agent.ts';

async function report(
  answer: (socket: Socket) => void | Promise<void>,
  changes: Partial<AgentRequest> = {},
  options: CallAgentOptions = {},
): Promise<AgentReport> {
  await using agent = await startRawAgent(answer);
  return await probeAgent(requestTo(agent.url, changes), { allowedHosts: loopback, ...options });
}

const say = (body: string, type?: string, status?: string) => (socket: Socket) =>
  void socket.write(httpAnswer(body, type, status));

describe('probeAgent', () => {
  it('the report on a streaming n8n has the times and the text, and no warnings', async () => {
    const reads = captureNamed('stream-agent').reads;
    const found = await report(async (socket) => {
      for (const [index, { bytes }] of reads.entries()) {
        if (index % 5 === 1) await sleep(10);
        socket.write(bytes);
      }
    });
    expect(found).toMatchObject({
      isOk: true,
      isReachable: true,
      isAuthorized: null,
      status: 200,
      mode: 'n8n-stream',
      text: captureNamed('stream-agent').expected.text,
      error: null,
      warnings: [],
    });
    expect(found.pieces).toBeGreaterThan(1);
    const { firstByteMs, firstTextMs, totalMs } = found;
    const times = [0, firstByteMs, firstTextMs, totalMs].map(Number);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(found.summary).toMatch(
      /^The agent streams as n8n does\. First text after [\d.]+ s, complete after [\d.]+ s\.$/,
    );
  });

  it.each([
    ['sse', 'data: {"content":"Hi"}\n\ndata: [DONE]\n\n', 'text/event-stream'],
    ['json-lines', '{"content":"H"}\n{"content":"i"}\n', 'application/x-ndjson'],
    ['text', 'Hi', 'text/html'],
    ['json', '{"output":"Hi"}', 'application/json'],
  ])('the report names the mode %s', async (mode, body, type) => {
    expect(await report(say(body, type))).toMatchObject({ isOk: true, mode, text: 'Hi' });
  });

  it.each([
    ['one JSON value', '{"output":"Hi"}'],
    [
      'a stream of one piece',
      [
        '{"type":"begin"}',
        `{"type":"item","content":"${'Hi there. '.repeat(9)}"}`,
        '{"type":"end"}',
        '',
      ].join('\n'),
    ],
  ])('the report warns if the agent answers only at the end, with %s', async (_, body) => {
    const { warnings } = await report(say(body));
    expect(warnings).toEqual([expect.stringContaining('Enable Streaming in the AI Agent node')]);
  });

  it('the report warns of an n8n test address and of an unencrypted token', async () => {
    await using agent = await startRawAgent(say('{"output":"Hi"}'));
    const url = `http://agent.test:${new URL(agent.url).port}/webhook-test/chat`;
    const { warnings, status } = await probeAgent(requestTo(url, { token: 't' }), {
      connector: (_, callback) => callback(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), null),
    });
    expect(status).toBeNull();
    expect(warnings.join(' ')).toMatch(/webhook-test.*unencrypted/);
  });

  it('the report on an unreachable agent does not say whether the token is right', async () => {
    const { url } = await closedAgent();
    expect(await probeAgent(requestTo(url), { allowedHosts: loopback })).toMatchObject({
      isOk: false,
      isReachable: false,
      isAuthorized: null,
      status: null,
      mode: null,
      error: { reason: 'AGENT_UNREACHABLE' },
      summary: expect.stringContaining('Nothing listens'),
    });
  });

  it.each([
    ['200 OK', 't', true],
    ['500 No', 't', true],
    ['403 Forbidden', 't', false],
    ['403 Forbidden', null, false],
    ['200 OK', null, null],
    ['404 Not Found', 't', null],
    ['502 Bad Gateway', 't', null],
    ['302 Found', 't', null],
  ])('after %s to the token %j, isAuthorized is %j', async (status, token, isAuthorized) => {
    expect(await report(say('{"output":"Hi"}', 'application/json', status), { token })).toMatchObject({
      isAuthorized,
    });
  });

  it('a test waits as long as a chat, by the same limits, and reports them', async () => {
    const limits = {
      firstByteTimeoutMs: 150,
      idleTimeoutMs: 2_000,
      totalTimeoutMs: 3_000,
      maxTextBytes: 5_000,
    };
    const found = await report(() => {}, {}, { limits });
    expect(found).toMatchObject({ limits, error: { reason: 'AGENT_TIMEOUT' } });
    expect((await report(say('{"output":"Hi"}'))).limits).toEqual({
      firstByteTimeoutMs: 300_000,
      idleTimeoutMs: 300_000,
      totalTimeoutMs: 1_800_000,
      maxTextBytes: 4_194_304,
    });
  });

  it('the report on a blocked address names WEBHOOK_ALLOWED_HOSTS', async () => {
    await using agent = await startRawAgent(say('{"output":"Hi"}'));
    const found = await probeAgent(requestTo(agent.url));
    expect(found).toMatchObject({ isReachable: false, error: { reason: 'AGENT_BLOCKED_URL' } });
    expect(found.summary).toContain('WEBHOOK_ALLOWED_HOSTS');
    expect(agent.connections).toBe(0);
  });

  it('the report says that the agent refused the token', async () => {
    const refuse = say('Authorization data is wrong!', 'text/plain', '403 Forbidden');
    expect(await report(refuse, { token: 'wrong' })).toMatchObject({
      isOk: false,
      isReachable: true,
      isAuthorized: false,
      status: 403,
      summary: expect.stringContaining('Bearer <token>'),
    });
  });

  it('the report on a failed answer has the text from before the failure', async () => {
    const found = await report((socket) => {
      socket.write(chunkedHead + chunk('{"type":"begin"}\n{"type":"item","content":"Hi"}\n').toString());
      socket.end(`${chunk('{"type":"error","content":"boom"}\n').toString()}${lastChunk}`);
    });
    expect(found).toMatchObject({
      isOk: false,
      mode: 'n8n-stream',
      text: 'Hi',
      error: { reason: 'AGENT_ERROR' },
    });
    expect(found.summary).toContain('boom');
  });

  it('the report has the start and the length of a long answer', async () => {
    const found = await report(say('x'.repeat(1_999) + '😀'.repeat(500), 'text/plain'));
    expect(found).toMatchObject({ isOk: true, textChars: 2_999 });
    expect(found.text.length).toBeLessThanOrEqual(2_000);
    expect(found.text.isWellFormed()).toBe(true);
  });

  it('an abort rejects the probe with its reason', async () => {
    const stop = new AbortController();
    const found = report(() => stop.abort(new Error('left')), {}, { signal: stop.signal });
    await expect(found).rejects.toThrow('left');
  });
});
