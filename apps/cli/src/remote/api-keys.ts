// `parley api-key create`, `list` and `revoke`: the keys of the user who is logged in. An API key cannot manage keys.
import type { Client, RouterOutputs } from '@parley/client';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { formatTable, printResult } from '../print-result.ts';
import { readPassword } from '../read-password.ts';
import { connect, type Connection, type ConnectOptions } from './connect.ts';
import { listAll } from './list-all.ts';

type ApiKey = RouterOutputs['apiKey']['list']['items'][number];

export interface CreateApiKeyOptions extends ConnectOptions, OutputOptions {
  scope: ApiKey['scope'];
  days?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 3_650;

/** Prints the key alone on stdout: `KEY=$(parley api-key create ...)`. */
export async function createApiKey(
  name: string,
  options: CreateApiKeyOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context;
  const expiresAt = expiryOf(options.days);
  // Asked for once, although the login and the key need it.
  const { email } = options;
  const given = email === undefined ? undefined : await readPassword(email, context);
  const { client, close } = await connectByLogin({ ...options, ...(given && { password: given }) }, context);
  try {
    const password = given ?? (await readPassword((await client.auth.me.query()).user.email, context));
    const input = { name, scope: options.scope, password, ...(expiresAt !== undefined && { expiresAt }) };
    const created = await client.apiKey.create.mutate(input, { signal });
    const end = created.expiresAt === null ? 'does not expire' : `expires at ${created.expiresAt}`;
    terminal.note(`This key has the scope ${created.scope} and ${end}. It is not shown again.`);
    printResult(terminal, options, created, created.key);
  } finally {
    await close();
  }
}

/** @returns undefined for the server's default, null for a key that does not expire */
function expiryOf(days: string | undefined): string | null | undefined {
  if (days === undefined) return undefined;
  if (days === 'never') return null;
  const number = Number(days);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_DAYS) {
    return new Date(Date.now() + number * DAY_MS).toISOString();
  }
  throw new UsageError(`--days must be a whole number from 1 to ${MAX_DAYS}, or never.`);
}

export async function listApiKeys(
  options: ConnectOptions & OutputOptions,
  context: CommandContext,
): Promise<void> {
  const { client, close } = await connectByLogin(options, context);
  try {
    const keys = await listKeys(client, context.signal);
    const rows = keys.map((key) => [
      ...[key.name, key.scope, stateOf(key), key.expiresAt ?? 'never', key.lastUsedAt ?? 'never'],
      key.id,
    ]);
    const header = ['NAME', 'SCOPE', 'STATE', 'EXPIRES', 'LAST USED', 'ID'];
    const text = rows.length === 0 ? 'You have no API keys.' : formatTable(header, rows);
    printResult(context.terminal, options, keys, text);
  } finally {
    await close();
  }
}

function stateOf({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active';
}

export async function revokeApiKey(
  nameOrId: string,
  options: ConnectOptions & OutputOptions,
  context: CommandContext,
): Promise<void> {
  const { client, close } = await connectByLogin(options, context);
  try {
    const { id, name } = findKey(await listKeys(client, context.signal), nameOrId);
    await client.apiKey.revoke.mutate({ id }, { signal: context.signal });
    printResult(context.terminal, options, { id, name }, `Revoked the API key ${name} (${id}).`);
  } finally {
    await close();
  }
}

function findKey(keys: readonly ApiKey[], nameOrId: string): ApiKey {
  const byId = keys.find(({ id }) => id === nameOrId.toLowerCase());
  if (byId !== undefined) return byId;
  const [key, ...others] = keys.filter(({ name, revokedAt }) => name === nameOrId && revokedAt === null);
  if (key === undefined) {
    throw new UsageError(`You have no API key "${nameOrId}". To list them: parley api-key list`);
  }
  if (others.length === 0) return key;
  const ids = [key, ...others].map(({ id }) => id).join(', ');
  throw new UsageError(`Several keys have the name "${nameOrId}". Choose one by its id: ${ids}.`);
}

function listKeys(client: Client, signal: AbortSignal): Promise<ApiKey[]> {
  return listAll((page) => client.apiKey.list.query(page, { signal }));
}

function connectByLogin(options: ConnectOptions, context: CommandContext): Promise<Connection> {
  return connect(options, { ...context, environment: { ...context.environment, apiKey: undefined } });
}
