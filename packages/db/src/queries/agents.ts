import { sql, type Insertable, type Kysely, type Updateable } from 'kysely';
import type { Agents, DB } from '../generated/database.ts';
import type { JsonObject } from '../json.ts';

export interface AgentRow {
  id: string;
  name: string;
  description: string;
  /** The format of the request to the webhook. */
  protocol: 'webhook' | 'openai';
  webhookUrl: string;
  hasWebhookToken: boolean;
  hasSigningSecret: boolean;
  systemPrompt: string | null;
  config: JsonObject;
  maxHistoryMessages: number;
  maxHistoryBytes: number;
  isActive: boolean;
  /** Null if the agent has no avatar. */
  avatarEtag: string | null;
  createdAt: string;
  updatedAt: string;
}

// A check constraint ensures that it is an object.
const configObject = sql<JsonObject>`config`.as('config');

const ownColumns = [
  'id',
  'name',
  'description',
  'protocol',
  'webhookUrl',
  sql<boolean>`webhook_token_encrypted is not null`.as('hasWebhookToken'),
  sql<boolean>`signing_secret_encrypted is not null`.as('hasSigningSecret'),
  'systemPrompt',
  configObject,
  'maxHistoryMessages',
  'maxHistoryBytes',
  'isActive',
  'createdAt',
  'updatedAt',
] as const;

const agentColumns = [
  ...ownColumns,
  sql<string | null>`(
    select v.etag from agent_avatars v where v.team_id = agents.team_id and v.agent_id = agents.id
  )`.as('avatarEtag'),
] as const;

export async function insert(db: Kysely<DB>, agent: Insertable<Agents>): Promise<AgentRow> {
  const inserted = await db
    .insertInto('agents')
    .values(agent)
    .returning(ownColumns)
    .executeTakeFirstOrThrow();
  return { ...inserted, avatarEtag: null };
}

export async function find(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<AgentRow | undefined> {
  return db
    .selectFrom('agents')
    .select(agentColumns)
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Locks an agent until the transaction ends, so that no other transaction changes or deletes it. */
export async function lock(
  trx: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<AgentRow | undefined> {
  return trx
    .selectFrom('agents')
    .select(agentColumns)
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Newest first. `beforeId` is the last id of the previous page. */
export async function list(
  db: Kysely<DB>,
  { teamId, beforeId, limit }: { teamId: string; beforeId?: string | undefined; limit: number },
): Promise<AgentRow[]> {
  let query = db.selectFrom('agents').select(agentColumns).where('teamId', '=', teamId);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Updates the given columns. Returns undefined if the team has no such agent. */
export async function update(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
  changes: Omit<Updateable<Agents>, 'teamId' | 'id' | 'updatedAt'>,
): Promise<AgentRow | undefined> {
  return db
    .updateTable('agents')
    .set({ ...changes, updatedAt: sql<string>`now()` })
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .returning(agentColumns)
    .executeTakeFirst();
}

/** Returns whether the agent existed. */
async function deleteAgent(db: Kysely<DB>, { teamId, id }: { teamId: string; id: string }): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('agents')
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
export { deleteAgent as delete };

/** The columns that a run needs, secrets included. Send the secrets to no one but the webhook. */
export async function findForRun(db: Kysely<DB>, { teamId, id }: { teamId: string; id: string }) {
  return db
    .selectFrom('agents')
    .select([
      'id',
      'protocol',
      'webhookUrl',
      'webhookTokenEncrypted',
      'signingSecretEncrypted',
      'systemPrompt',
      configObject,
      'maxHistoryMessages',
      'maxHistoryBytes',
    ])
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Moves the agents with this path on any loopback port of this machine to another origin. */
export async function updateWebhookOrigin(
  db: Kysely<DB>,
  { teamId, path, origin }: { teamId: string; path: string; origin: string },
): Promise<void> {
  await db
    .updateTable('agents')
    .set({ webhookUrl: `${origin}${path}` })
    .where('teamId', '=', teamId)
    .where('webhookUrl', 'like', `http://127.0.0.1:%${path}`)
    .execute();
}
