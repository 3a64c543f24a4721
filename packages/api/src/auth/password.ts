// Argon2id with the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.
import { hash, verify } from '@node-rs/argon2';

const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * The OpaqueString profile of RFC 8265, section 4.2.2: other keyboards and systems type the same password with other spaces and
 * with accents as characters of their own.
 */
export function normalizePassword(password: string): string {
  return password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');
}

export function hashPassword(password: string): Promise<string> {
  return hash(normalizePassword(password), parameters);
}

/** Hashes of earlier versions are of the password as typed. */
export async function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  const normalized = normalizePassword(password);
  if (await verify(passwordHash, normalized)) return true;
  return normalized !== password && (await verify(passwordHash, password));
}

let dummyHash: Promise<string> | undefined;

/** Takes as long as a real check, so that the duration of a failed login does not reveal whether the account exists. */
export async function verifyNoPassword(password: string): Promise<void> {
  dummyHash ??= hashPassword('no account has this password');
  await verifyPassword(await dummyHash, password);
}
