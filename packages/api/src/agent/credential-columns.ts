// How an agent authenticates. The API has a kind `none`; the database has an agent without a token instead.
import type { AgentRow } from '@parley/db';
import { normalizeToken, problemOfToken } from '@parley/webhook';
import { invalidField } from '../errors.ts';

type StoredAuth = AgentRow['auth'];

export type Auth = StoredAuth | 'none';

export function authOf({ auth, hasWebhookToken }: Pick<AgentRow, 'auth' | 'hasWebhookToken'>): Auth {
  return hasWebhookToken ? auth : 'none';
}

interface CredentialInput {
  auth?: Auth | undefined;
  authHeader?: string | null | undefined;
  webhookToken?: string | null | undefined;
}

/** What the database has; `hasWebhookToken` is false if the agent gets a new URL. */
type StoredCredentials = Pick<AgentRow, 'auth' | 'authHeader' | 'hasWebhookToken'>;

export interface CredentialColumns {
  auth: StoredAuth;
  authHeader: string | null;
  /** Undefined keeps the stored token. */
  webhookTokenEncrypted: Uint8Array | null | undefined;
}

export const noCredentials = { auth: 'bearer', authHeader: null, hasWebhookToken: false } as const;

/**
 * The columns after an input. A stored token is kept only for the same URL and the same kind of authentication.
 * @throws TRPCError INVALID_INPUT if the parts do not fit together
 */
export function credentialColumns(
  input: CredentialInput,
  stored: StoredCredentials,
  seal: (secret: string) => Uint8Array,
): CredentialColumns {
  const { auth = stored.auth, webhookToken } = input;
  if (auth === 'none') {
    if (webhookToken != null) throw invalidField('webhookToken', 'must be left out if auth is none');
    return withoutToken(input);
  }
  const isKept = webhookToken === undefined && stored.hasWebhookToken && auth === stored.auth;
  if (webhookToken == null && !isKept) {
    if (input.auth !== undefined) throw invalidField('webhookToken', TOKEN_REQUIRED);
    return withoutToken(input);
  }
  const token = webhookToken == null ? undefined : normalizeToken(webhookToken, auth);
  const problem = token === undefined ? undefined : problemOfToken(token, auth);
  if (problem !== undefined) throw invalidField('webhookToken', problem);
  return {
    auth,
    authHeader: headerOf(auth, input, stored),
    webhookTokenEncrypted: token === undefined ? undefined : seal(token),
  };
}

const TOKEN_REQUIRED =
  'must be entered for this auth: a stored one is removed with a new URL, and with another kind of authentication';

function withoutToken({ authHeader }: CredentialInput): CredentialColumns {
  if (authHeader != null) throw invalidField('authHeader', HEADER_UNUSED);
  return { auth: noCredentials.auth, authHeader: null, webhookTokenEncrypted: null };
}

const HEADER_UNUSED = 'must be left out unless auth is header';

function headerOf(auth: StoredAuth, input: CredentialInput, stored: StoredCredentials): string | null {
  if (auth !== 'header') {
    if (input.authHeader != null) throw invalidField('authHeader', HEADER_UNUSED);
    return null;
  }
  const name = input.authHeader ?? stored.authHeader;
  if (name === null) throw invalidField('authHeader', 'must be the name of the header, such as X-API-Key');
  return name;
}
