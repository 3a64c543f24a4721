import type { UserWithTeam } from '@parley/db';

/** What a request has proved who it is with. */
export type Credential =
  | { type: 'session'; /** SHA-256 of the session's id, hex. */ sessionIdHash: string }
  | { type: 'apiKey'; apiKeyId: string };

export interface Authentication {
  user: UserWithTeam;
  credential: Credential;
}
