// Tokens that are shown once and then known by their hash alone: API keys and invites. They are random, so a plain
// SHA-256 is enough: there is nothing to guess, and the lookup stays one index scan.
import { createHash, randomBytes } from 'node:crypto';

/** @param prefix tells people and secret scanners what the token is */
export function createSecretToken(prefix: string, bytes: number): { token: string; hash: string } {
  const token = `${prefix}${randomBytes(bytes).toString('base64url')}`;
  return { token, hash: hashSecretToken(token) };
}

/** SHA-256, hex. */
export function hashSecretToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
