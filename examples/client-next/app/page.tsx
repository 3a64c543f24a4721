import { getErrorReason, type RouterOutputs } from '@parley/client';
import { Ask } from './ask';
import { LogIn } from './log-in';
import { createServerClient } from './server-client';

export default async function Page() {
  const agents = await listAgents();
  if (agents === undefined) return <LogIn />;
  return (
    <main>
      <h1>Agents</h1>
      <ul>
        {agents.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
      {agents[0] !== undefined && <Ask agentId={agents[0].id} />}
    </main>
  );
}

/** @returns undefined without a login */
async function listAgents(): Promise<RouterOutputs['agent']['list']['items'] | undefined> {
  const client = await createServerClient();
  try {
    return (await client.agent.list.query()).items;
  } catch (error) {
    const { reason } = getErrorReason(error) ?? {};
    if (reason === 'NOT_AUTHENTICATED' || reason === 'SESSION_EXPIRED') return undefined;
    throw error;
  }
}
