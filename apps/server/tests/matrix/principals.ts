// Who calls: each kind of credential, live and dead, of one team.
import { setTimeout as delay } from 'node:timers/promises';
import type { TestApi, TestTeam } from '@parley/api/testing';
import type { Access, Caller } from './fixtures.ts';
import { createObjects, type OwnedObjects } from './objects.ts';

export interface Principal extends Caller {
  name: PrincipalName;
  headers: Record<string, string>;
  own: OwnedObjects;
}

const EXPIRY_MS = 1_000;

/** What each may call at all. */
export const accessOfPrincipal = {
  anonymous: ['anyone'],
  user: ['anyone', 'user', 'session'],
  admin: ['anyone', 'user', 'session', 'admin'],
  'API key of a user': ['anyone', 'user'],
  'API key of an admin': ['anyone', 'user', 'admin'],
  'disabled user': ['anyone'],
  'API key of a disabled user': ['anyone'],
  'revoked session': ['anyone'],
  'revoked API key': ['anyone'],
  'expired API key': ['anyone'],
} as const satisfies Record<string, readonly Access[]>;

export type PrincipalName = keyof typeof accessOfPrincipal;

/** Makes one, with things of its own in the team. */
export async function createPrincipal(api: TestApi, team: TestTeam, name: PrincipalName): Promise<Principal> {
  const isAdmin = name === 'admin' || name === 'API key of an admin';
  const user = isAdmin ? team.admin : await team.createUser();
  const own = await createObjects(api, team, user);
  const principal = (headers: Record<string, string>): Principal => ({
    name,
    headers,
    own,
    email: user.email,
    password: user.password,
    teamSlug: team.slug,
  });
  const withKey = async (): Promise<Record<string, string>> => {
    const { key } = await user.caller.apiKey.create({ name });
    return { authorization: `Bearer ${key}` };
  };
  const disable = (): Promise<unknown> =>
    team.admin.caller.team.setActive({ userId: user.id, isActive: false });

  switch (name) {
    case 'anonymous':
      return principal({});
    case 'user':
      return principal({ cookie: user.cookie });
    case 'admin':
      return principal({ cookie: user.cookie });
    case 'API key of a user':
      return principal(await withKey());
    case 'API key of an admin':
      return principal(await withKey());
    case 'disabled user':
      await disable();
      return principal({ cookie: user.cookie });
    case 'API key of a disabled user': {
      const headers = await withKey();
      await disable();
      return principal(headers);
    }
    case 'revoked session':
      await user.caller.auth.logout();
      return principal({ cookie: user.cookie });
    case 'revoked API key': {
      const { key, id } = await user.caller.apiKey.create({ name });
      await user.caller.apiKey.revoke({ id });
      return principal({ authorization: `Bearer ${key}` });
    }
    case 'expired API key': {
      const expiresAt = new Date(Date.now() + EXPIRY_MS).toISOString();
      const { key } = await user.caller.apiKey.create({ name, expiresAt });
      await delay(EXPIRY_MS);
      return principal({ authorization: `Bearer ${key}` });
    }
  }
}
