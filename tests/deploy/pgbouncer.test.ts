// Two instances that reach Postgres through a real PgBouncer.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient, followRun } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import { expect, test } from 'vitest';
import { PASSWORD, startCluster, type RunningCluster } from '../chaos/cluster/start-cluster.ts';
import { createHistory } from '../chaos/history.ts';
import { findProgram } from './support/programs.ts';
import { startPgBouncer } from './support/start-pgbouncer.ts';

const isMissing = findProgram('pgbouncer') === undefined;
const DEAF = 'Postgres notifications do not arrive';

type PoolMode = Parameters<typeof startPgBouncer>[1];

/** Runs `use` with two instances behind a PgBouncer, and with the lines of their logs so far. */
async function withCluster(
  poolMode: PoolMode,
  { hasListenUrl }: { hasListenUrl: boolean },
  use: (cluster: RunningCluster, log: () => string) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-pgbouncer-test-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(dir, { recursive: true }));
  const lines: string[] = [];
  const cluster = stack.use(
    await startCluster(
      {
        instances: 2,
        logFile: path.join(dir, 'servers.log'),
        onLog: (line) => lines.push(line),
        connectThrough: async (postgresUrl) => {
          const pgbouncer = stack.use(await startPgBouncer(postgresUrl, poolMode));
          return {
            DATABASE_URL: pgbouncer.url,
            ...(hasListenUrl && { DATABASE_LISTEN_URL: postgresUrl }),
          };
        },
      },
      createHistory(path.join(dir, 'history.jsonl')),
    ),
  );
  await use(cluster, () => lines.join('\n'));
}

/** Sends through one instance and follows through the other. @returns the longest silence between two texts, in ms */
async function measureSilence({ slots, agent }: RunningCluster): Promise<number> {
  const [sender, follower] = await Promise.all(
    slots.map(async ({ port }) => {
      const client = createClient({ url: `http://127.0.0.1:${port}`, cookies: new CookieJar() });
      await client.auth.login.mutate({ email: 'admin@ash.example', password: PASSWORD });
      return client;
    }),
  );
  if (sender === undefined || follower === undefined) throw new Error('There are not two instances.');
  const { id: agentId } = await sender.agent.create.mutate({
    name: 'Agent',
    webhookUrl: `${agent.origin}/demo/n8n`,
  });
  const { id: chatId } = await sender.chat.create.mutate({ agentId });
  const content = `echo ${Array.from({ length: 150 }, (_, index) => `word${index}`).join(' ')}`;
  const { runId } = await sender.chat.send.mutate({ chatId, content, messageId: crypto.randomUUID() });
  let text = '';
  let lastMs: number | undefined;
  let silenceMs = 0;
  for await (const event of followRun(follower, { chatId, runId })) {
    if (event.type !== 'message') continue;
    text += event.data.content;
    const nowMs = performance.now();
    silenceMs = Math.max(silenceMs, nowMs - (lastMs ?? nowMs));
    lastMs = nowMs;
  }
  expect(text).toBe(content.replace('echo ', ''));
  return silenceMs;
}

test.skipIf(isMissing)(
  'behind PgBouncer in transaction mode, answers arrive whole, and each instance warns once that notifications do not',
  () =>
    withCluster('transaction', { hasListenUrl: false }, async (cluster, log) => {
      await measureSilence(cluster);
      await expect.poll(() => log().split(DEAF).length - 1, { timeout: 30_000 }).toBe(2);
      expect(log()).toContain('DATABASE_LISTEN_URL');
    }),
);

test.skipIf(isMissing)(
  'with DATABASE_LISTEN_URL beside PgBouncer in transaction mode, the other instance streams without gaps',
  () =>
    withCluster('transaction', { hasListenUrl: true }, async (cluster, log) => {
      // Without notifications, an instance reads every 2 s.
      expect(await measureSilence(cluster)).toBeLessThan(1_500);
      expect(log()).not.toContain(DEAF);
    }),
);

test.skipIf(isMissing)('behind PgBouncer in session mode, notifications arrive without another setting', () =>
  withCluster('session', { hasListenUrl: false }, async (cluster, log) => {
    expect(await measureSilence(cluster)).toBeLessThan(1_500);
    expect(log()).not.toContain(DEAF);
  }),
);
