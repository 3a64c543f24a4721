// Login sessions: lucia behind our adapter. This is the only file that knows lucia. What the browser holds is the id;
// what the database holds is the id's SHA-256. Lucia slides the expiry; it has no absolute one, so the query caps it.
import { sessions, type DB, type SessionRow, type UserWithTeam } from '@parley/db';
import type { Kysely } from 'kysely';
import { Lucia, TimeSpan, type Adapter, type DatabaseSession } from 'lucia';
import { hashSecretToken } from '../secrets/secret-token.ts';

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<Record<string, never>, UserWithTeam>;
    DatabaseSessionAttributes: { userAgent: string | null };
    DatabaseUserAttributes: UserWithTeam;
  }
}

export const SESSION_SECONDS = 7 * 24 * 60 * 60;
const MAX_SESSION_SECONDS = 30 * 24 * 60 * 60;
/** A session in use is prolonged as often as this, so that it ends a week after its last use, and not after half of one. */
const PROLONG_AFTER_SECONDS = 60 * 60;
/** Lucia asks for a user's sessions, and nothing here asks lucia. */
const MAX_LISTED_SESSIONS = 1000;

export interface Sessions {
  /** @returns the id for the cookie, which is not kept anywhere else, and its hash */
  create(session: {
    teamId: string;
    userId: string;
    userAgent: string | null;
  }): Promise<{ id: string; idHash: string }>;
  /** The active user whose live session this is; prolongs it. */
  validate(id: string): Promise<{ user: UserWithTeam; idHash: string } | undefined>;
  /** As `validate`, for who knows the hash alone; prolongs nothing. */
  findLive(idHash: string): Promise<UserWithTeam | undefined>;
  /** Ends a session at once. @returns whose it was, if it was one */
  end(idHash: string): Promise<{ teamId: string; userId: string } | undefined>;
  deleteExpired(): Promise<void>;
}

export function createSessions(db: Kysely<DB>): Sessions {
  const lucia = new Lucia(createAdapter(db), {
    sessionExpiresIn: new TimeSpan(SESSION_SECONDS, 's'),
    getUserAttributes: (user) => user,
  });
  return {
    async create({ teamId, userId, userAgent }) {
      const { id } = await lucia.createSession(joinUserId({ teamId, userId }), { userAgent });
      return { id, idHash: hashSecretToken(id) };
    },
    async validate(id) {
      const { user, session } = await lucia.validateSession(id);
      if (user === null || !user.isActive) return undefined;
      const { userId } = splitUserId(user.id);
      const idHash = hashSecretToken(id);
      // Lucia waits until half of the time is over. Where it has just prolonged the session, there is nothing to do.
      const secondsLeft = (session.expiresAt.getTime() - Date.now()) / 1000;
      if (secondsLeft < SESSION_SECONDS - PROLONG_AFTER_SECONDS) await prolong(db, idHash);
      return { user: { ...user, id: userId }, idHash };
    },
    async findLive(idHash) {
      const found = await sessions.findWithUser(db, idHash);
      if (found === undefined || !found.user.isActive) return undefined;
      return Date.parse(found.session.expiresAt) > Date.now() ? found.user : undefined;
    },
    end: (idHash) => sessions.delete(db, idHash),
    deleteExpired: () => lucia.deleteExpiredSessions(),
  };
}

function prolong(db: Kysely<DB>, idHash: string): Promise<void> {
  return sessions.updateExpiry(db, {
    idHash,
    expiresAt: new Date(Date.now() + SESSION_SECONDS * 1000).toISOString(),
    maxAgeSeconds: MAX_SESSION_SECONDS,
  });
}

function createAdapter(db: Kysely<DB>): Adapter {
  return {
    async getSessionAndUser(id) {
      const found = await sessions.findWithUser(db, hashSecretToken(id));
      if (found === undefined) return [null, null];
      return [toLuciaSession(found.session, id), { id: joinUserId(found.session), attributes: found.user }];
    },
    async getUserSessions(user) {
      const rows = await sessions.listOfUser(db, { ...splitUserId(user), limit: MAX_LISTED_SESSIONS });
      return rows.map((session) => toLuciaSession(session, session.idHash));
    },
    setSession: ({ id, userId, expiresAt, attributes }) =>
      sessions.insert(db, {
        teamId: splitUserId(userId).teamId,
        id: hashSecretToken(id),
        userId: splitUserId(userId).userId,
        userAgent: attributes.userAgent,
        expiresAt: expiresAt.toISOString(),
      }),
    updateSessionExpiration: (id, expiresAt) =>
      sessions.updateExpiry(db, {
        idHash: hashSecretToken(id),
        expiresAt: expiresAt.toISOString(),
        maxAgeSeconds: MAX_SESSION_SECONDS,
      }),
    async deleteSession(id) {
      await sessions.delete(db, hashSecretToken(id));
    },
    deleteUserSessions: (user) => sessions.deleteAllOfUser(db, splitUserId(user)),
    deleteExpiredSessions: () => sessions.deleteExpired(db),
  };
}

function toLuciaSession(session: SessionRow, id: string): DatabaseSession {
  const { userAgent } = session;
  return {
    id,
    userId: joinUserId(session),
    expiresAt: new Date(session.expiresAt),
    attributes: { userAgent },
  };
}

/** Lucia knows users by one string; ours are found by team and id. */
function joinUserId({ teamId, userId }: { teamId: string; userId: string }): string {
  return `${teamId}/${userId}`;
}

function splitUserId(joined: string): { teamId: string; userId: string } {
  const [teamId = '', userId = ''] = joined.split('/');
  return { teamId, userId };
}
