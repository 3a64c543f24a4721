import { createHash } from 'node:crypto';
import { findUserByApiKey, type UserWithTeam } from '@parley/db';
import type { ContextRequest } from '../context.ts';
import { DomainError } from '../errors.ts';
import type { Services } from '../services.ts';

const bearer = /^Bearer +(parley_[\w-]+)$/i;

/**
 * The user who makes a request: by API key, or by access token and live session.
 * @throws DomainError NOT_AUTHENTICATED, ACCESS_TOKEN_EXPIRED, SESSION_EXPIRED or INVALID_API_KEY
 */
export async function authenticate(services: Services, request: ContextRequest): Promise<UserWithTeam> {
  if (request.authorization !== undefined) return authenticateByApiKey(services, request.authorization);

  const { accessToken, sessionId } = services.cookies.read(request.cookie);
  if (accessToken === undefined) throw sessionId === undefined ? notAuthenticated() : accessTokenExpired();
  const check = await services.accessTokens.verify(accessToken);
  if (check.status === 'invalid') throw notAuthenticated();
  if (check.status === 'expired') throw accessTokenExpired();

  const user = await services.sessions.findLive(check.claims.sessionIdHash);
  if (user === undefined || user.id !== check.claims.userId) {
    throw new DomainError('SESSION_EXPIRED', 'This session has ended. Log in again.');
  }
  return user;
}

async function authenticateByApiKey({ db }: Services, authorization: string): Promise<UserWithTeam> {
  const key = bearer.exec(authorization)?.[1];
  const found = key === undefined ? undefined : await findUserByApiKey(db, hashApiKey(key));
  if (found === undefined || !found.user.isActive) {
    throw new DomainError(
      'INVALID_API_KEY',
      'This API key is not valid: it may have been revoked, or have expired.',
    );
  }
  return found.user;
}

export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
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
