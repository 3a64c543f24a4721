// Login sessions: lucia behind our adapter. This is the only file that knows lucia. What the browser holds is the id;
// what the database holds is the id's SHA-256. Lucia slides the expiry; it has no absolute one, so the query caps it.
import { createHash } from 'node:crypto';
import {
  deleteExpiredSessions,
  deleteSession,
  deleteSessionsOfUser,
  findSessionWithUser,
  insertSession,
  listSessionsOfUser,
  updateSessionExpiry,
  type DB,
  type SessionRow,
  type UserWithTeam,
} from '@parley/db';
import type { Kysely } from 'kysely';
import { Lucia, TimeSpan, type Adapter, type DatabaseSession } from 'lucia';

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<Record<string, never>, UserWithTeam>;
    DatabaseSessionAttributes: { userAgent: string | null };
    DatabaseUserAttributes: UserWithTeam;
  }
}

export const SESSION_SECONDS = 7 * 24 * 60 * 60;
const MAX_SESSION_SECONDS = 30 * 24 * 60 * 60;
/** Lucia asks for a user's sessions, and nothing here asks lucia. */
const MAX_LISTED_SESSIONS = 1000;

export interface Sessions {
  /** @returns the id for the cookie, which is not kept anywhere else, and its hash */
  create(session: {
    teamId: string;
    userId: string;
    userAgent: string | null;
  }): Promise<{ id: string; idHash: string }>;
  /** The active user whose live session this is; prolongs a session that is half over. */
  validate(id: string): Promise<{ user: UserWithTeam; idHash: string } | undefined>;
  /** As `validate`, for who knows the hash alone; prolongs nothing. */
  findLive(idHash: string): Promise<UserWithTeam | undefined>;
  revoke(id: string): Promise<void>;
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
      return { id, idHash: hashSessionId(id) };
    },
    async validate(id) {
      const { user } = await lucia.validateSession(id);
      if (user === null || !user.isActive) return undefined;
      const { userId } = splitUserId(user.id);
      return { user: { ...user, id: userId }, idHash: hashSessionId(id) };
    },
    async findLive(idHash) {
      const found = await findSessionWithUser(db, idHash);
      if (found === undefined || !found.user.isActive) return undefined;
      return Date.parse(found.session.expiresAt) > Date.now() ? found.user : undefined;
    },
    revoke: (id) => lucia.invalidateSession(id),
    deleteExpired: () => lucia.deleteExpiredSessions(),
  };
}

function createAdapter(db: Kysely<DB>): Adapter {
  return {
    async getSessionAndUser(id) {
      const found = await findSessionWithUser(db, hashSessionId(id));
      if (found === undefined) return [null, null];
      return [toLuciaSession(found.session, id), { id: joinUserId(found.session), attributes: found.user }];
    },
    async getUserSessions(user) {
      const sessions = await listSessionsOfUser(db, { ...splitUserId(user), limit: MAX_LISTED_SESSIONS });
      return sessions.map((session) => toLuciaSession(session, session.idHash));
    },
    setSession: ({ id, userId, expiresAt, attributes }) =>
      insertSession(db, {
        team_id: splitUserId(userId).teamId,
        id: hashSessionId(id),
        user_id: splitUserId(userId).userId,
        user_agent: attributes.userAgent,
        expires_at: expiresAt.toISOString(),
      }),
    updateSessionExpiration: (id, expiresAt) =>
      updateSessionExpiry(db, {
        idHash: hashSessionId(id),
        expiresAt: expiresAt.toISOString(),
        maxAgeSeconds: MAX_SESSION_SECONDS,
      }),
    deleteSession: (id) => deleteSession(db, hashSessionId(id)),
    deleteUserSessions: (user) => deleteSessionsOfUser(db, splitUserId(user)),
    deleteExpiredSessions: () => deleteExpiredSessions(db),
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

function hashSessionId(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
