// Tokens that are shown once and stored as a hash: API keys and invites. They are random, so plain SHA-256 is enough:
// they cannot be guessed, and a lookup is one index scan.
import { createHash, randomBytes } from 'node:crypto';

/** @param prefix tells people and secret scanners the token's kind */
export function createSecretToken(prefix: string, bytes: number): { token: string; hash: string } {
  const token = `${prefix}${randomBytes(bytes).toString('base64url')}`;
  return { token, hash: hashSecretToken(token) };
}

/** SHA-256, hex. */
export function hashSecretToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
