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
  /** How a stored token is sent. */
  auth: 'bearer' | 'basic' | 'header';
  /** The header's name with `header`; null otherwise. */
  authHeader: string | null;
  hasSigningSecret: boolean;
  systemPrompt: string | null;
  config: JsonObject;
  maxHistoryMessages: number;
  maxHistoryBytes: number;
  /** Limits of one answer; null: the server's default. */
  firstByteTimeoutMs: number | null;
  idleTimeoutMs: number | null;
  totalTimeoutMs: number | null;
  maxTextBytes: number | null;
  /** The path of the answer's text in a JSON answer; null: the usual fields. */
  answerField: string | null;
  /** The names of the workflow nodes whose text is the answer; empty: all nodes. */
  answerNodes: string[];
  showSteps: boolean;
  showReasoning: boolean;
  isActive: boolean;
  /** Null if the agent has no avatar. */
  avatarEtag: string | null;
  createdAt: string;
  updatedAt: string;
}

/** The columns that a run needs. */
export type AgentForRun = Omit<
  AgentRow,
  | 'name'
  | 'description'
  | 'hasWebhookToken'
  | 'hasSigningSecret'
  | 'isActive'
  | 'avatarEtag'
  | 'createdAt'
  | 'updatedAt'
> & { webhookTokenEncrypted: Uint8Array | null; signingSecretEncrypted: Uint8Array | null };

// A check constraint ensures that it is an object.
const configObject = sql<JsonObject>`config`.as('config');

// Written as an array of strings.
const answerNodeNames = sql<string[]>`answer_nodes`.as('answerNodes');

const answerColumns = [
  'firstByteTimeoutMs',
  'idleTimeoutMs',
  'totalTimeoutMs',
  'maxTextBytes',
  'answerField',
  answerNodeNames,
  'showSteps',
  'showReasoning',
] as const;

const ownColumns = [
  'id',
  'name',
  'description',
  'protocol',
  'webhookUrl',
  sql<boolean>`webhook_token_encrypted is not null`.as('hasWebhookToken'),
  'auth',
  'authHeader',
  sql<boolean>`signing_secret_encrypted is not null`.as('hasSigningSecret'),
  'systemPrompt',
  configObject,
  'maxHistoryMessages',
  'maxHistoryBytes',
  ...answerColumns,
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

/**
 * A page of the team's agents, newest first: at least one, and as many as it takes for prompts and configs to reach
 * `maxBytes`.
 * @param options.beforeId the last id of the previous page
 */
export async function list(
  db: Kysely<DB>,
  options: { teamId: string; beforeId?: string | undefined; limit: number; maxBytes: number },
): Promise<{ agents: AgentRow[]; isLast: boolean }> {
  const { teamId, beforeId, limit, maxBytes } = options;
  const bytes = sql`octet_length(config::text) + coalesce(octet_length(system_prompt), 0)`;
  let page = db
    .selectFrom('agents')
    .select(agentColumns)
    .select([
      sql<number>`sum(${bytes}) over (order by id desc) - (${bytes})`.as('bytesBefore'),
      sql<boolean>`lead(id) over (order by id desc) is null`.as('isLast'),
    ])
    .where('teamId', '=', teamId);
  if (beforeId !== undefined) page = page.where('id', '<', beforeId);
  const rows = await db
    .selectFrom(page.orderBy('id', 'desc').limit(limit).as('page'))
    .selectAll()
    .where('bytesBefore', '<', maxBytes)
    .orderBy('id', 'desc')
    .execute();
  return {
    agents: rows.map((row) => {
      const { isLast: _, bytesBefore: __, ...agent } = row;
      return agent;
    }),
    isLast: rows.at(-1)?.isLast ?? true,
  };
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

/** Includes the secrets: send them to no one but the webhook. */
export async function findForRun(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<AgentForRun | undefined> {
  return db
    .selectFrom('agents')
    .select([
      'id',
      'protocol',
      'webhookUrl',
      'webhookTokenEncrypted',
      'auth',
      'authHeader',
      'signingSecretEncrypted',
      'systemPrompt',
      configObject,
      'maxHistoryMessages',
      'maxHistoryBytes',
      ...answerColumns,
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
