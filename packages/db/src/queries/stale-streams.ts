// Finds open streams whose user, credential or run no longer exists.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';

/** A stream's run and the credential of its follower: a session (the hash of its id) or an API key. */
export interface StreamKey {
  teamId: string;
  userId: string;
  sessionIdHash: string | null;
  apiKeyId: string | null;
  runId: string;
}

export interface StaleStream {
  /** The index of the stream in the list that was passed in. */
  index: number;
  /** Whether user and credential are still valid. If so, the run was deleted. */
  isAuthenticated: boolean;
}

/** The streams that must end, found in one statement that returns only those. */
export async function list(db: Kysely<DB>, streams: readonly StreamKey[]): Promise<StaleStream[]> {
  const json = JSON.stringify(
    streams.map(({ teamId, userId, sessionIdHash, apiKeyId, runId }, index) => ({
      index,
      team_id: teamId,
      user_id: userId,
      session_id: sessionIdHash,
      api_key_id: apiKeyId,
      run_id: runId,
    })),
  );
  const { rows } = await sql<StaleStream>`
    select index, "isAuthenticated"
    from (
      select
        k.index,
        u.id is not null and (s.id is not null or a.id is not null) as "isAuthenticated",
        r.id is not null as "hasRun"
      from jsonb_to_recordset(${json}::jsonb)
        as k (index integer, team_id uuid, user_id uuid, session_id text, api_key_id uuid, run_id uuid)
      left join users u on u.team_id = k.team_id and u.id = k.user_id and u.is_active
      left join sessions s
        on s.team_id = k.team_id and s.id = k.session_id and s.user_id = k.user_id and s.expires_at > now()
      left join api_keys a
        on a.team_id = k.team_id and a.id = k.api_key_id and a.user_id = k.user_id
        and a.revoked_at is null and (a.expires_at is null or a.expires_at > now())
      left join runs r on r.team_id = k.team_id and r.id = k.run_id
    ) as streams
    where not ("isAuthenticated" and "hasRun")
  `.execute(db);
  return rows;
}
