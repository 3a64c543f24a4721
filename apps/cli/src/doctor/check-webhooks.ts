import { agents, forTeam, teams, type AgentRow, type DB } from '@parley/db';
import { hostsOfThisMachine, type Config } from '@parley/server/config';
import { AllowedHosts, checkReachable } from '@parley/webhook';
import type { Kysely } from 'kysely';
import type { Finding } from './finding.ts';

const PAGE_ITEMS = 100;
const PAGE_BYTES = 1_000_000;
/** Connections at a time: a firewall that drops packets costs 5 s per webhook. */
const CONCURRENT = 10;

type OnProgress = (checked: number) => void;

/** Connects to the webhook of every active agent without a request. An unreachable one is its team's problem: a warning. */
export async function checkWebhooks(
  db: Kysely<DB>,
  config: Config,
  onProgress: OnProgress,
): Promise<Finding[]> {
  const allowedHosts = new AllowedHosts([
    ...config.webhookAllowedHosts,
    ...(config.isProduction ? [] : hostsOfThisMachine(config)),
  ]);
  const findings: Finding[] = [];
  let checked = 0;
  for await (const batch of batchesOf(activeAgents(db), CONCURRENT)) {
    const failures = await Promise.all(
      batch.map(({ agent }) => checkReachable(agent.webhookUrl, { allowedHosts })),
    );
    for (const [index, { agent, team }] of batch.entries()) {
      const failure = failures[index];
      if (failure === undefined) continue;
      const why = failure.hint ?? failure.message;
      findings.push({ check: 'webhooks', level: 'warning', message: `${agent.name} of ${team}: ${why}` });
    }
    checked += batch.length;
    onProgress(checked);
  }
  if (findings.length > 0) return findings;
  const message = checked === 0 ? 'There are no active agents.' : `All ${checked} are reachable.`;
  return [{ check: 'webhooks', level: 'ok', message }];
}

interface Target {
  agent: AgentRow;
  team: string;
}

async function* activeAgents(db: Kysely<DB>): AsyncGenerator<Target> {
  let afterId: string | undefined;
  for (;;) {
    const rows = await teams.list(db, { afterId, limit: PAGE_ITEMS });
    for (const team of rows) yield* activeAgentsOf(forTeam(db, team.id), team);
    if (rows.length < PAGE_ITEMS) return;
    afterId = rows.at(-1)?.id;
  }
}

async function* activeAgentsOf(
  teamDb: Kysely<DB>,
  { id: teamId, slug }: { id: string; slug: string },
): AsyncGenerator<Target> {
  let beforeId: string | undefined;
  for (;;) {
    const page = await agents.list(teamDb, { teamId, beforeId, limit: PAGE_ITEMS, maxBytes: PAGE_BYTES });
    for (const agent of page.agents) if (agent.isActive) yield { agent, team: slug };
    if (page.isLast) return;
    beforeId = page.agents.at(-1)?.id;
  }
}

async function* batchesOf<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
