// The demo of the first start: a team, an admin, and agents that need nothing installed. Never in production.
import { createTeam, hashPassword, verifyPassword } from '@parley/api';
import { agents, forTeam, newId, teams, users, type DB } from '@parley/db';
import { startDemoAgent, type DemoAgent } from '@parley/demo-agent';
import type { Kysely } from 'kysely';

const TEAM = { slug: 'demo', name: 'Demo team' };
/** An empty team with open registration, for trying out `register`: the first account becomes its admin. */
const OPEN_TEAM = { slug: 'open', name: 'Open team' };
const ADMIN = { email: 'admin@example.com', displayName: 'Admin' };

const AGENTS = [
  { name: 'Demo JSON', path: '/demo/json', description: 'Answers with one JSON value at the end.' },
  { name: 'Demo SSE', path: '/demo/sse', description: 'Streams its answer as Server-Sent Events.' },
  // Created last, so it is the first in the list.
  {
    name: 'Demo',
    path: '/demo/n8n',
    description: 'Streams its answer as an n8n AI Agent does. Ask it how to connect n8n.',
  },
] as const;

export interface Demo {
  /** The admin's login; undefined if the password has been changed since. */
  login: { email: string; password: string; team: string } | undefined;
  agent: DemoAgent;
  /** A team with open registration; undefined if there is none any more. */
  openTeamId: string | undefined;
}

/**
 * Creates the demo team in an empty database and starts the demo agents. In a database with the demo team, only starts
 * the agents; in any other database, does nothing.
 * @param options.password becomes the password of the demo's admin; undefined keeps the current one
 */
export async function startDemo(
  db: Kysely<DB>,
  options: { password: string | undefined; firstPassword: string },
): Promise<Demo | undefined> {
  const isEmpty = !(await teams.hasAny(db));
  if (isEmpty) {
    const password = options.password ?? options.firstPassword;
    await createTeam(db, { ...TEAM, admin: { ...ADMIN, password } });
    await teams.insert(db, { ...OPEN_TEAM, id: newId(), isRegistrationOpen: true });
  }
  const [admin] = await users.listByEmail(db, { email: ADMIN.email, team: TEAM.slug, limit: 1 });
  if (admin === undefined) return undefined;

  const agent = await startDemoAgent();
  try {
    const ofTeam = forTeam(db, admin.teamId);
    if (isEmpty) await createAgents(ofTeam, admin.teamId, agent.url);
    // The demo agents listen on another port each time.
    for (const { path } of AGENTS) {
      await agents.updateWebhookOrigin(ofTeam, { teamId: admin.teamId, path, origin: agent.url });
    }
    const openTeam = await teams.findBySlug(db, OPEN_TEAM.slug);
    const openTeamId = openTeam?.isRegistrationOpen === true ? openTeam.id : undefined;
    return { agent, login: await findLogin(ofTeam, admin, options), openTeamId };
  } catch (error) {
    await agent.close();
    throw error;
  }
}

async function createAgents(db: Kysely<DB>, teamId: string, origin: string): Promise<void> {
  for (const { name, path, description } of AGENTS) {
    await agents.insert(db, {
      teamId,
      id: newId(),
      name,
      description,
      webhookUrl: `${origin}${path}`,
    });
  }
}

async function findLogin(
  db: Kysely<DB>,
  admin: { teamId: string; id: string; passwordHash: string },
  { password, firstPassword }: { password: string | undefined; firstPassword: string },
): Promise<Demo['login']> {
  const wanted = password ?? firstPassword;
  if (!(await verifyPassword(admin.passwordHash, wanted))) {
    if (password === undefined) return undefined;
    await users.updatePassword(db, {
      teamId: admin.teamId,
      id: admin.id,
      fromHash: admin.passwordHash,
      passwordHash: await hashPassword(password),
    });
  }
  return { email: ADMIN.email, password: wanted, team: TEAM.slug };
}
