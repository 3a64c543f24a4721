// /metrics of a server that has done some work.
import { spawnSync } from 'node:child_process';
import { createClient, sendMessage } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRateLimits } from '../../src/rate-limits/create-rate-limits.ts';
import { sendRequest } from '../send-request.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';

const TOKEN = 'a-token-for-metrics';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

/** Samples by name and labels: `parley_calls_total{procedure="auth.me",code="OK"}`. */
async function readSamples({ url }: TestServer = server): Promise<Map<string, number>> {
  const { body } = await sendRequest(`${url}/metrics`);
  const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

async function startChat() {
  const { admin } = await server.api.createTeam();
  const agent = await admin.caller.agent.create({ name: 'Agent', webhookUrl: server.api.webhook.url });
  const client = createClient({ url: server.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email: admin.email, password: admin.password });
  const { id: chatId } = await client.chat.create.mutate({ agentId: agent.id });
  return { client, chatId };
}

test('calls are counted by procedure and code, each call of a batch separately', async () => {
  const { cookie } = (await server.api.createTeam()).admin;
  const before = await readSamples();
  await sendRequest(`${server.url}/trpc/agent.list,team.get?batch=1`, { headers: { cookie } });
  await sendRequest(`${server.url}/trpc/agent.list`);
  const samples = await readSamples();
  const gained = (name: string) => (samples.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(gained('parley_calls_total{procedure="agent.list",code="OK"}')).toBe(1);
  expect(gained('parley_calls_total{procedure="agent.list",code="UNAUTHORIZED"}')).toBe(1);
  expect(gained('parley_calls_total{procedure="team.get",code="OK"}')).toBe(1);
  expect(gained('parley_call_duration_seconds_count{procedure="agent.list"}')).toBe(2);
  expect(gained('parley_http_responses_total{route="/trpc/",status="401"}')).toBe(1);
});

test('runs are counted by state and reason, with the time to the first token, and open streams are counted', async () => {
  const { client, chatId } = await startChat();
  const gate = Promise.withResolvers<void>();
  server.api.webhook.answerTokens(['one', ' two'], () => gate.promise);
  const before = await readSamples();
  const events = Array.fromAsync(sendMessage(client, { chatId, content: 'Hi' }));
  await expect.poll(async () => (await readSamples()).get('parley_active_streams')).toBe(1);
  expect((await readSamples()).get('parley_active_runs')).toBe(1);
  gate.resolve();
  expect((await events).at(-1)?.type).toBe('done');
  const succeeded = 'parley_runs_total{state="succeeded",reason=""}';
  await expect.poll(async () => (await readSamples()).get(succeeded)).toBe((before.get(succeeded) ?? 0) + 1);
  await expect.poll(async () => (await readSamples()).get('parley_active_streams')).toBe(0);

  server.api.webhook.answer((response) => void response.writeHead(401).end());
  await Array.fromAsync(sendMessage(client, { chatId, content: 'Hi' }));
  const failed = 'parley_runs_total{state="failed",reason="AGENT_UNAUTHORIZED"}';
  // Followers receive the end before it is counted.
  await expect.poll(async () => (await readSamples()).get(failed)).toBe(1);
  const samples = await readSamples();
  expect(samples.get('parley_run_first_token_seconds_count')).toBe(
    (before.get('parley_run_first_token_seconds_count') ?? 0) + 1,
  );
  expect(samples.get('parley_journal_write_lag_seconds_count')).toBeGreaterThan(0);
  expect(samples.get('parley_active_runs')).toBe(0);
});

test('/metrics has gauges of the pool, the journal and the event loop', async () => {
  const samples = await readSamples();
  for (const name of [
    'parley_database_connections{state="waiting"}',
    'parley_journal_lag_seconds',
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
  ])
    expect([...samples.keys()]).toContain(name);
});

test('no client input becomes a label', async () => {
  // Garbage collections of a new kind add samples of their own.
  const countOurs = (names: string[]): number => names.filter((name) => name.startsWith('parley_')).length;
  const before = countOurs([...(await readSamples()).keys()]);
  for (let index = 0; index < 20; index += 1) {
    await sendRequest(`${server.url}/trpc/no.such${index}`);
    await sendRequest(`${server.url}/trpc/agent.list,no.such${index}?batch=1`);
    await sendRequest(`${server.url}/no/such/path/${index}`);
    await sendRequest(`${server.url}/api/agents/canary-${index}`, {
      headers: { 'x-request-id': `canary-${index}` },
    });
  }
  const names = [...(await readSamples()).keys()];
  expect(names.join('\n')).not.toMatch(/such|canary/);
  // The first request of each kind adds its labels, the others add none.
  expect(countOurs(names) - before).toBeLessThan(20);
});

const promtool = spawnSync('promtool', ['--version']).error === undefined;
if (!promtool && process.env['CI'] === undefined)
  process.stderr.write('\n*** promtool is missing (Debian: prometheus): its test is SKIPPED.\n\n');

test.skipIf(!promtool && process.env['CI'] === undefined)(
  '/metrics passes the checks of promtool',
  async () => {
    const { body } = await sendRequest(`${server.url}/metrics`);
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], { input: body });
    expect(`${String(stdout)}${String(stderr)}`).toBe('');
    expect(status).toBe(0);
  },
);

test('a refusal by a rate limit is reported to onLimited', async () => {
  const refused: string[] = [];
  const rateLimits = createRateLimits({
    limits: { call: { points: 1, seconds: 60, isShared: false } },
    onLimited: (name) => refused.push(name),
  });
  await rateLimits.consume('call', 'a');
  await expect(rateLimits.consume('call', 'a')).rejects.toMatchObject({ reason: 'RATE_LIMITED' });
  expect(refused).toEqual(['call']);
});

describe('/metrics', () => {
  test('without a token is served to loopback only, and not through a proxy', async () => {
    expect((await sendRequest(`${server.url}/metrics`)).status).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-proto']) {
      const answer = await sendRequest(`${server.url}/metrics`, { headers: { [header]: '127.0.0.1' } });
      expect(answer.status, header).toBe(404);
    }
  });

  test('without a token is refused to a web page whose name resolves to this machine', async () => {
    const { port } = new URL(server.url);
    const statusFor = async (host: string) =>
      (await sendRequest(`${server.url}/metrics`, { headers: { host } })).status;
    for (const host of [
      'rebound.example',
      `rebound.example:${port}`,
      '127.0.0.1.rebound.example',
      'localhost.rebound.example',
      '10.0.0.1',
      'a b',
    ]) {
      expect(await statusFor(host), host).toBe(404);
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'localhost']) {
      expect(await statusFor(host), host).toBe(200);
    }
  });

  test('with a token is served to its bearer only, from anywhere', async () => {
    await using guarded = await startTestServer({ metricsToken: TOKEN });
    const read = async (headers: Record<string, string>) =>
      (await sendRequest(`${guarded.url}/metrics`, { headers })).status;
    expect(await read({ authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.9' })).toBe(200);
    expect(await read({})).toBe(404);
    expect(await read({ authorization: `Bearer ${TOKEN}x` })).toBe(404);
    expect(await read({ authorization: TOKEN })).toBe(404);
  });
});
