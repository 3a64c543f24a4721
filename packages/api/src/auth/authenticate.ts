import { findUserByApiKey } from '@parley/db';
import type { ContextRequest } from '../context.ts';
import { DomainError } from '../errors.ts';
import { hashSecretToken } from '../secret-token.ts';
import type { Services } from '../services.ts';
import type { Authentication } from './credential.ts';

const bearer = /^Bearer +(parley_[\w-]+)$/i;

/**
 * The user who makes a request: by API key, or by access token and live session.
 * @throws DomainError NOT_AUTHENTICATED, ACCESS_TOKEN_EXPIRED, SESSION_EXPIRED or INVALID_API_KEY
 */
export async function authenticate(services: Services, request: ContextRequest): Promise<Authentication> {
  if (request.authorization !== undefined) return authenticateByApiKey(services, request.authorization);

  const { accessToken, sessionId } = services.cookies.read(request.cookie);
  if (accessToken === undefined) throw sessionId === undefined ? notAuthenticated() : accessTokenExpired();
  const check = await services.accessTokens.verify(accessToken);
  if (check.status === 'invalid') throw notAuthenticated();
  if (check.status === 'expired') throw accessTokenExpired();

  const { sessionIdHash, userId } = check.claims;
  const user = await services.sessions.findLive(sessionIdHash);
  if (user === undefined || user.id !== userId) {
    throw new DomainError('SESSION_EXPIRED', 'This session has ended. Log in again.');
  }
  return { user, credential: { type: 'session', sessionIdHash } };
}

async function authenticateByApiKey({ db }: Services, authorization: string): Promise<Authentication> {
  const key = bearer.exec(authorization)?.[1];
  const found = key === undefined ? undefined : await findUserByApiKey(db, hashSecretToken(key));
  if (found === undefined || !found.user.isActive) {
    throw new DomainError(
      'INVALID_API_KEY',
      'This API key is not valid: it may have been revoked, or have expired.',
    );
  }
  return { user: found.user, credential: { type: 'apiKey', apiKeyId: found.apiKeyId } };
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
