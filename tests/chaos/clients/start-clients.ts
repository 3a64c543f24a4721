// Starts the users. They are spread over the teams; each logs in and has two links to the cluster.
import { createClient } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import { PASSWORD, TEAMS, type RunningCluster } from '../cluster/start-cluster.ts';
import type { History } from '../history.ts';
import type { Random } from '../seeded-random.ts';
import { ChaosClient } from './chaos-client.ts';
import { NetworkLink } from './network-link.ts';
import { tapAcknowledgements } from './tap-acknowledgements.ts';

export interface StartedClients {
  clients: readonly ChaosClient[];
  links: readonly NetworkLink[];
}

/** Both streaming formats, fast and slow, and one with parts. `tokenDelayMs` is the time before each token. */
const agents = [
  { path: '/demo/n8n', tokenDelayMs: 30 },
  { path: '/demo/sse', tokenDelayMs: 15 },
  { path: '/demo/n8n', tokenDelayMs: 70 },
  { path: '/parts/sse', tokenDelayMs: 25 },
] as const;

export interface StartClientsOptions {
  count: number;
  random: Random;
  history: History;
  isGentle: boolean;
}

export async function startClients(
  { slots, agent }: RunningCluster,
  { count, random, history, isGentle }: StartClientsOptions,
): Promise<StartedClients> {
  const links: NetworkLink[] = [];
  const agentIds = new Map<string, string[]>();
  const fetch = tapAcknowledgements(history);
  const clients: ChaosClient[] = [];

  for (let index = 0; index < count; index += 1) {
    const name = `client${index}`;
    const team = TEAMS[index % TEAMS.length] ?? TEAMS[0];
    const cookies = new CookieJar();
    const openLink = async (device: string) => {
      const client = `${name}-${device}`;
      const chances = isGentle ? { cutChance: 0, strayChance: 0 } : { cutChance: 0.5, strayChance: 0.1 };
      const link = await NetworkLink.open({
        client,
        slots,
        random: random.fork(client),
        history,
        ...chances,
      });
      links.push(link);
      return createClient({ url: link.url, cookies, fetch });
    };
    const devices = [await openLink('phone'), await openLink('laptop')] as const;
    await insist(() =>
      devices[0].auth.login.mutate({ email: `admin@${team}.example`, password: PASSWORD, team }),
    );
    if (!agentIds.has(team)) {
      const ids: string[] = [];
      for (const [number, { path, tokenDelayMs }] of agents.entries()) {
        const { id } = await insist(() =>
          devices[0].agent.create.mutate({
            name: `Agent ${number}`,
            webhookUrl: `${agent.origin}${path}`,
            config: { token_delay_ms: tokenDelayMs },
          }),
        );
        ids.push(id);
      }
      agentIds.set(team, ids);
    }
    clients.push(
      new ChaosClient({
        name,
        devices,
        agentIds: agentIds.get(team) ?? [],
        random: random.fork(name),
        history,
      }),
    );
  }
  return { clients, links };
}

/** Retries, since the links cut connections from the start. */
async function insist<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}
