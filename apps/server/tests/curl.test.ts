// Runs examples/curl with a real curl against a real server process.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { startDemoAgent, type DemoAgent } from '@parley/demo-agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const run = promisify(execFile);
const examples = fileURLToPath(new URL('../../../examples/curl/', import.meta.url));

let database: TestDatabase;
let dir: string;
let agent: DemoAgent;
let server: ServerProcess;
let teamId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-curl-'));
  agent = await startDemoAgent({ tokenDelayMs: 5 });
  server = await startProcess({
    PARLEY_DATA_DIR: path.join(dir, 'data'),
    PARLEY_DEMO_PASSWORD: 'a demo password',
    ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
  });
  teamId = /open for registration: (\S+)/.exec(server.output)?.[1] ?? '';
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await agent.close();
  await database[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

const event =
  /^data: (\{"type":"(?:status|part|message|done)","data":\{.*\}\})\nid: ([\da-f-]{36}):(?:\d+|end)$/;

/** Parses a stream: one `data:` line and one `id:` line per event, and an empty line after each. */
function eventsOf(text: string): { type: string; data: Record<string, unknown> }[] {
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  for (const frame of frames) expect(frame).toMatch(event);
  return frames.map(
    (frame) => JSON.parse(event.exec(frame)?.[1] ?? '') as ReturnType<typeof eventsOf>[number],
  );
}

function textOf(events: ReturnType<typeof eventsOf>): string {
  return events.flatMap(({ type, data }) => (type === 'message' ? [String(data['content'])] : [])).join('');
}

test('the commands of examples/curl/README.md work as written, with address and ids filled in', async () => {
  const readme = await readFile(path.join(examples, 'README.md'), 'utf8');
  const steps = [...readme.matchAll(/^curl (?:.+\\\n)*.+$/gm)].map(([step]) => step);
  expect(steps).toHaveLength(5);
  const ids: Record<string, string> = { '<team id>': teamId };
  const outputs: string[] = [];
  for (const step of steps) {
    const command = step
      .replaceAll('http://127.0.0.1:8000', server.url)
      .replaceAll('http://127.0.0.1:8010', agent.url)
      .replaceAll(/<\w+ id>/g, (placeholder) => ids[placeholder] ?? placeholder);
    const { stdout } = await run('sh', ['-c', command], { cwd: dir });
    outputs.push(stdout);
    const id = /^\{"id":"([^"]+)"/.exec(stdout)?.[1];
    if (id !== undefined) ids[outputs.length === 2 ? '<agent id>' : '<chat id>'] = id;
    const [eventId, runId] = /(?<=^id: )(.*):2$/m.exec(stdout) ?? [];
    if (runId !== undefined) Object.assign(ids, { '<event id>': eventId, '<run id>': runId });
  }
  const [account, agentAnswer, chat, stream = '', resumed = ''] = outputs;
  expect(JSON.parse(account ?? '')).toMatchObject({
    user: { email: 'ada@example.com', display_name: 'ada', role: 'admin' },
    team: { id: teamId },
  });
  expect(JSON.parse(agentAnswer ?? '')).toMatchObject({ name: 'Demo', has_webhook_token: false });
  expect(JSON.parse(chat ?? '')).toMatchObject({ agent_id: ids['<agent id>'], title: 'First chat' });
  const events = eventsOf(stream);
  expect(events[0]).toEqual({
    type: 'status',
    data: { description: 'Sending request...', level: 'info', done: false },
  });
  expect(events.filter(({ type }) => type === 'message').length).toBeGreaterThan(1);
  expect(events.at(-1)).toEqual({
    type: 'done',
    data: { message: 'Stream completed', message_id: expect.any(String) },
  });
  // The replay of an ended run merges the events that it sends at once.
  const replayed = eventsOf(resumed.replace(/^retry: \d+\n/, ''));
  expect(textOf(replayed)).toBe(textOf(events.slice(2)));
  expect(replayed.at(-1)).toEqual(events.at(-1));
});

test('quickstart.sh completes all steps, and stops at the first one that fails', async () => {
  const script = path.join(examples, 'quickstart.sh');
  const env = { ...process.env, PARLEY_URL: server.url, WEBHOOK_URL: `${agent.url}/demo/sse` };
  // The team already has its admin: this account is a user, who cannot create agents.
  const refused = run(script, [teamId], { env: { ...env, PARLEY_EMAIL: 'second@example.com' } });
  await expect(refused).rejects.toMatchObject({
    stderr: expect.stringContaining('"reason":"ADMIN_REQUIRED"'),
  });

  await using fresh = await createTestDatabase();
  await using other = await startProcess({
    PARLEY_DATA_DIR: path.join(dir, 'other'),
    PARLEY_DEMO_PASSWORD: 'a demo password',
    ...(fresh.url === undefined ? {} : { DATABASE_URL: fresh.url }),
  });
  const otherTeamId = /open for registration: (\S+)/.exec(other.output)?.[1] ?? '';
  const { stdout } = await run(script, [otherTeamId], { env: { ...env, PARLEY_URL: other.url } });
  const stream = stdout.slice(stdout.indexOf('data: '));
  expect(eventsOf(stream).at(-1)?.type).toBe('done');
});
