// The first run: a team, an admin, and agents that answer without anything else installed. Never in production.
import { createTeam, hashPassword, verifyPassword } from '@parley/api';
import { agents, forTeam, newId, teams, users, type DB } from '@parley/db';
import { startDemoAgent, type DemoAgent } from '@parley/demo-agent';
import type { Kysely } from 'kysely';

const TEAM = { slug: 'demo', name: 'Demo team' };
/** Registration is open, and there is nobody in it: who comes first is its admin. For trying out `register`. */
const OPEN_TEAM = { slug: 'open', name: 'Open team' };
const ADMIN = { email: 'admin@example.com', displayName: 'Admin' };

const AGENTS = [
  { name: 'Demo JSON', path: '/demo/json', description: 'Answers with one JSON value at the end.' },
  { name: 'Demo SSE', path: '/demo/sse', description: 'Streams its answer as Server-Sent Events.' },
  // The last one made is the first in the list.
  {
    name: 'Demo',
    path: '/demo/n8n',
    description: 'Streams its answer as an n8n AI Agent does. Ask it how to connect n8n.',
  },
] as const;

export interface Demo {
  /** What a person types to log in; undefined where the password was changed since. */
  login: { email: string; password: string; team: string } | undefined;
  agent: DemoAgent;
  /** Of a team that anyone who reaches this server may register in; undefined where there is none any more. */
  openTeamId: string | undefined;
}

/**
 * Makes the demo team in an empty database, and starts the demo agents. In a database that has the demo team already it
 * starts them again; in any other it does nothing.
 * @param options.password what the demo's admin logs in with, now and from now on; undefined leaves it as it is
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
    if (isEmpty) await makeAgents(ofTeam, admin.teamId, agent.url);
    // It listens on another port each time.
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

async function makeAgents(db: Kysely<DB>, teamId: string, origin: string): Promise<void> {
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
      passwordHash: await hashPassword(password),
    });
  }
  return { email: ADMIN.email, password: wanted, team: TEAM.slug };
}
