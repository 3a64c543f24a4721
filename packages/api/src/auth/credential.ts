import type { KeyScope, UserWithTeam } from '@parley/db';

/** The credential that authenticated a request. */
export type Credential =
  | { type: 'session'; /** SHA-256 of the session's id, in hex. */ sessionIdHash: string }
  | { type: 'apiKey'; apiKeyId: string; scope: KeyScope };

export interface Authentication {
  user: UserWithTeam;
  credential: Credential;
}
