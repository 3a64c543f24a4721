import { apiKeys } from '@parley/db';
import { DomainError, invalidApiKey, sessionExpired } from '../errors.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import type { Services } from '../services.ts';
import type { Authentication } from './credential.ts';

/** Limits the writes of a script that calls a thousand times a minute. */
const LAST_USE_PRECISION_MS = 60_000;

const bearer = /^Bearer +(parley_[\w-]+)$/i;

/** The request headers that may hold a credential, and where they come from. */
export interface CredentialSource {
  cookie?: string | undefined;
  authorization?: string | undefined;
  /** Rate-limit key for anonymous requests. Without it, as for calls inside the process, they are not limited. */
  network?: string | undefined;
}

/**
 * Authenticates a request by its API key, or by its access token and live session.
 * @throws DomainError NOT_AUTHENTICATED, ACCESS_TOKEN_EXPIRED, SESSION_EXPIRED or INVALID_API_KEY; RATE_LIMITED in place of
 *   the last two after too many failures
 */
export async function authenticate(services: Services, request: CredentialSource): Promise<Authentication> {
  const { authorization, network } = request;
  if (authorization !== undefined) return authenticateByApiKey(services, authorization, network);

  const { accessToken, sessionId } = services.cookies.read(request.cookie);
  const check = await services.accessTokens.verify(accessToken ?? '');
  // A live session can get a new token, even if the key that signed the old one was removed: no new login is needed.
  if (check.status === 'expired' || (check.status === 'invalid' && sessionId !== undefined)) {
    throw accessTokenExpired();
  }
  if (check.status === 'invalid') throw notAuthenticated();

  const { sessionIdHash, userId } = check.claims;
  const user = await services.guesses.find({ hash: sessionIdHash, network, isSigned: true }, () =>
    services.sessions.findLive(sessionIdHash),
  );
  if (user === undefined || user.id !== userId) {
    throw sessionExpired();
  }
  return { user, credential: { type: 'session', sessionIdHash } };
}

async function authenticateByApiKey(
  { db, guesses }: Services,
  authorization: string,
  network: string | undefined,
): Promise<Authentication> {
  const key = bearer.exec(authorization)?.[1];
  const hash = hashSecretToken(key ?? authorization);
  const found = await guesses.find({ hash, network }, async () => {
    const row = key === undefined ? undefined : await apiKeys.findWithUser(db, hash);
    return row?.user.isActive === true ? row : undefined;
  });
  if (found === undefined) throw invalidApiKey();
  const { user, apiKeyId, scope, lastUsedAt } = found;
  if (lastUsedAt === null || Date.now() - Date.parse(lastUsedAt) > LAST_USE_PRECISION_MS) {
    await apiKeys.touch(db, { teamId: user.teamId, id: apiKeyId });
  }
  return { user, credential: { type: 'apiKey', apiKeyId, scope } };
}

function notAuthenticated(): DomainError {
  return new DomainError('NOT_AUTHENTICATED', 'Log in first.');
}

function accessTokenExpired(): DomainError {
  return new DomainError(
    'ACCESS_TOKEN_EXPIRED',
    'The access token has expired. Call auth.refresh, then try again.',
  );
}
