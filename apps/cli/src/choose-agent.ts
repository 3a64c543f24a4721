import type { Client, RouterOutputs } from '@parley/client';
import { UsageError } from './usage-error.ts';

type Agent = RouterOutputs['agent']['list']['items'][number];

const PAGE_ITEMS = 100;

/** The agent of this name or, without one, the first that is active. */
export async function chooseAgent(
  client: Client,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Agent> {
  const agents = await listAgents(client, signal);
  const matching = name === undefined ? agents : findByName(agents, name);
  const agent = matching.find(({ isActive }) => isActive) ?? (name === undefined ? undefined : matching[0]);
  if (agent !== undefined) return agent;
  if (name === undefined)
    throw new UsageError('Your team has no active agent. An admin of the team can add one.');
  const names = agents.map((other) => other.name).join(', ');
  throw new UsageError(
    `There is no agent "${name}". ${names === '' ? 'Your team has none.' : `Choose from: ${names}.`}`,
  );
}

function findByName(agents: readonly Agent[], name: string): Agent[] {
  const exact = agents.filter((agent) => agent.name === name);
  return exact.length > 0 ? exact : agents.filter((agent) => agent.name.toLowerCase() === name.toLowerCase());
}

async function listAgents(client: Client, signal: AbortSignal): Promise<Agent[]> {
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
