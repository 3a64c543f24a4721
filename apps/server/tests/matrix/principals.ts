// The callers of the matrix: one for each kind of credential, valid and invalid, all in one team.
import { setTimeout as delay } from 'node:timers/promises';
import type { KeyScope } from '@parley/db';
import type { TestApi, TestTeam } from '@parley/api/testing';
import type { Access, Caller } from './fixtures.ts';
import { createObjects, type OwnedObjects } from './objects.ts';

export interface Principal extends Caller {
  name: PrincipalName;
  headers: Record<string, string>;
  own: OwnedObjects;
}

const EXPIRY_MS = 1_000;

/** The kinds of procedures that each principal may call. */
export const accessOfPrincipal = {
  anonymous: ['anyone', 'keyless'],
  user: ['anyone', 'keyless', 'session', 'read', 'chat'],
  admin: ['anyone', 'keyless', 'session', 'read', 'chat', 'agents', 'admin'],
  'read key of an admin': ['anyone', 'read'],
  'chat key of an admin': ['anyone', 'read', 'chat'],
  'agents key of an admin': ['anyone', 'read', 'chat', 'agents'],
  'admin key of an admin': ['anyone', 'read', 'chat', 'agents', 'admin'],
  'admin key of a former admin': ['anyone', 'read', 'chat'],
  'disabled user': ['anyone', 'keyless'],
  'API key of a disabled user': ['anyone'],
  'API key of a user enabled again': ['anyone'],
  'revoked session': ['anyone', 'keyless'],
  'revoked API key': ['anyone'],
  'expired API key': ['anyone'],
} as const satisfies Record<string, readonly Access[]>;

export type PrincipalName = keyof typeof accessOfPrincipal;

/** Creates a principal with its own objects in the team. */
export async function createPrincipal(api: TestApi, team: TestTeam, name: PrincipalName): Promise<Principal> {
  const isAdmin = name === 'admin' || name.endsWith('key of an admin');
  const wasAdmin = name === 'admin key of a former admin';
  const user = isAdmin ? team.admin : await team.createUser({ role: wasAdmin ? 'admin' : 'user' });
  const own = await createObjects(api, team, user);
  const principal = (headers: Record<string, string>): Principal => ({
    name,
    headers,
    own,
    email: user.email,
    password: user.password,
    teamSlug: team.slug,
  });
  const withKey = async (scope?: KeyScope): Promise<Record<string, string>> => {
    const { key } = await user.createApiKey(scope === undefined ? {} : { scope });
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
    case 'read key of an admin':
      return principal(await withKey('read'));
    case 'chat key of an admin':
      return principal(await withKey('chat'));
    case 'agents key of an admin':
      return principal(await withKey('agents'));
    case 'admin key of an admin':
      return principal(await withKey('admin'));
    case 'admin key of a former admin': {
      const headers = await withKey('admin');
      await team.admin.caller.team.setRole({ userId: user.id, role: 'user' });
      return principal(headers);
    }
    case 'disabled user':
      await disable();
      return principal({ cookie: user.cookie });
    case 'API key of a disabled user': {
      const headers = await withKey();
      await disable();
      return principal(headers);
    }
    case 'API key of a user enabled again': {
      const headers = await withKey();
      await disable();
      await team.admin.caller.team.setActive({ userId: user.id, isActive: true });
      return principal(headers);
    }
    case 'revoked session':
      await user.caller.auth.logout();
      return principal({ cookie: user.cookie });
    case 'revoked API key': {
      const { key, id } = await user.createApiKey();
      await user.caller.apiKey.revoke({ id });
      return principal({ authorization: `Bearer ${key}` });
    }
    case 'expired API key': {
      const expiresAt = new Date(Date.now() + EXPIRY_MS).toISOString();
      const { key } = await user.createApiKey({ expiresAt });
      await delay(EXPIRY_MS);
      return principal({ authorization: `Bearer ${key}` });
    }
  }
}
