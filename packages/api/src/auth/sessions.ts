// Login sessions: lucia behind our adapter. No other file uses lucia. The browser has the session's id, the database only
// its SHA-256. Lucia extends a session in use but has no absolute expiry, so the query caps it.
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
/** How often a session in use is extended. Lucia alone would extend it only after half a week. */
const EXTEND_AFTER_SECONDS = 60 * 60;
/** Lucia's adapter interface requires a list of sessions, but Parley never calls it. */
const MAX_LISTED_SESSIONS = 1000;

export interface NewSession {
  /** For the cookie. It is stored nowhere else. */
  id: string;
  idHash: string;
}

export interface SessionOwner {
  teamId: string;
  userId: string;
}

export interface Sessions {
  /**
   * Inserts a session. Insert the user or lock it in the same transaction, so that neither a password change nor a
   * disabled account misses the session.
   */
  create(
    trx: Kysely<DB>,
    session: { teamId: string; userId: string; userAgent: string | null },
  ): Promise<NewSession>;
  /** Finds the active user of a live session, and extends the session. Undefined if the session ends meanwhile. */
  validate(id: string): Promise<{ user: UserWithTeam; idHash: string } | undefined>;
  /** Finds the active user of a live session by the hash, without extending the session. */
  findLive(idHash: string): Promise<UserWithTeam | undefined>;
  /** Finds the owner of a session, whether or not it is live. */
  findOwner(idHash: string): Promise<SessionOwner | undefined>;
  /** Ends a session at once. */
  end(idHash: string): Promise<void>;
  deleteExpired(): Promise<void>;
}

export function createSessions(db: Kysely<DB>): Sessions {
  const lucia = createLucia(db);
  return {
    async create(trx, { teamId, userId, userAgent }) {
      const { id } = await createLucia(trx).createSession(joinUserId({ teamId, userId }), { userAgent });
      return { id, idHash: hashSecretToken(id) };
    },
    async validate(id) {
      const { user, session } = await lucia.validateSession(id);
      if (user === null || !user.isActive) return undefined;
      const { userId } = splitUserId(user.id);
      const idHash = hashSecretToken(id);
      // Lucia extends a session only after half of its lifetime, and does not say whether the session was still there.
      const secondsLeft = (session.expiresAt.getTime() - Date.now()) / 1000;
      const isDue = session.fresh || secondsLeft < SESSION_SECONDS - EXTEND_AFTER_SECONDS;
      if (isDue && !(await extend(db, idHash))) return undefined;
      return { user: { ...user, id: userId }, idHash };
    },
    async findLive(idHash) {
      const found = await sessions.findWithUser(db, idHash);
      if (found === undefined || !found.user.isActive) return undefined;
      return Date.parse(found.session.expiresAt) > Date.now() ? found.user : undefined;
    },
    async findOwner(idHash) {
      return (await sessions.findWithUser(db, idHash))?.session;
    },
    end: (idHash) => sessions.delete(db, idHash),
    deleteExpired: () => lucia.deleteExpiredSessions(),
  };
}

function createLucia(db: Kysely<DB>): Lucia<Record<string, never>, UserWithTeam> {
  return new Lucia(createAdapter(db), {
    sessionExpiresIn: new TimeSpan(SESSION_SECONDS, 's'),
    getUserAttributes: (user) => user,
  });
}

function extend(db: Kysely<DB>, idHash: string): Promise<boolean> {
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
    async updateSessionExpiration(id, expiresAt) {
      await sessions.updateExpiry(db, {
        idHash: hashSecretToken(id),
        expiresAt: expiresAt.toISOString(),
        maxAgeSeconds: MAX_SESSION_SECONDS,
      });
    },
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

/** Lucia identifies users by one string, Parley by team and id. */
function joinUserId({ teamId, userId }: { teamId: string; userId: string }): string {
  return `${teamId}/${userId}`;
}

function splitUserId(joined: string): { teamId: string; userId: string } {
  const [teamId = '', userId = ''] = joined.split('/');
  return { teamId, userId };
}
