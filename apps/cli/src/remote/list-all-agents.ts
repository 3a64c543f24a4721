import type { Client, RouterOutputs } from '@parley/client';

export type Agent = RouterOutputs['agent']['list']['items'][number];

const PAGE_ITEMS = 100;

/** Lists all agents of the team, newest first. */
export async function listAllAgents(client: Client, signal: AbortSignal): Promise<Agent[]> {
  const agents: Agent[] = [];
  let cursor: string | null = null;
  do {
    const page: RouterOutputs['agent']['list'] = await client.agent.list.query(
      { cursor, limit: PAGE_ITEMS },
      { signal },
    );
    agents.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return agents;
}
