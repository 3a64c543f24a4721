import type { Client } from '@parley/client';
import { UsageError } from '../command-error.ts';
import { listAllAgents, type Agent } from './list-all.ts';

/** Finds an agent by its name or id; without a name, the first active one. */
export async function chooseAgent(
  client: Client,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Agent> {
  const agents = await listAllAgents(client, signal);
  const matching = name === undefined ? agents : findByName(agents, name);
  const agent = matching.find(({ isActive }) => isActive) ?? (name === undefined ? undefined : matching[0]);
  if (agent !== undefined) return agent;
  if (name === undefined)
    throw new UsageError('Your team has no active agent. An admin of the team can create one.');
  throw noSuchAgent(agents, name);
}

/** Finds the one agent with this name or id, for a change. @throws UsageError if there are several */
export async function getAgent(client: Client, name: string, signal: AbortSignal): Promise<Agent> {
  const agents = await listAllAgents(client, signal);
  const [agent, ...others] = findByName(agents, name);
  if (agent === undefined) throw noSuchAgent(agents, name);
  if (others.length === 0) return agent;
  const ids = [agent, ...others].map(({ id }) => id).join(', ');
  throw new UsageError(`Several agents have the name "${name}". Choose one by its id: ${ids}.`);
}

function noSuchAgent(agents: readonly Agent[], name: string): UsageError {
  const names = agents.map((other) => other.name).join(', ');
  return new UsageError(
    `There is no agent "${name}". ${names === '' ? 'Your team has none.' : `Choose from: ${names}.`}`,
  );
}

function findByName(agents: readonly Agent[], name: string): Agent[] {
  const exact = agents.filter((agent) => agent.name === name || agent.id === name.toLowerCase());
  return exact.length > 0 ? exact : agents.filter((agent) => agent.name.toLowerCase() === name.toLowerCase());
}
