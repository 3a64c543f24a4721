// Secrets for development: generated on the first start and kept in the data directory, so that logins and stored webhook
// tokens survive a restart. Never used in production.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const base64 = z.string().transform((text) => Buffer.from(text, 'base64'));
const secretsSchema = z.object({ jwtSecret: base64, encryptionKey: base64, demoPassword: z.string() });

export type KeptSecrets = z.output<typeof secretsSchema>;

/** @throws Error if the file exists but is damaged */
export async function keptSecrets(dataDir: string): Promise<KeptSecrets> {
  const file = path.join(dataDir, 'secrets.json');
  const text = (await readIfThere(file)) ?? (await makeSecrets(dataDir, file));
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(`${file} is damaged. Restore it; without it, stored webhook tokens cannot be decrypted.`);
  }
}

async function makeSecrets(dataDir: string, file: string): Promise<string> {
  const secrets: z.input<typeof secretsSchema> = {
    jwtSecret: randomBytes(48).toString('base64'),
    encryptionKey: randomBytes(32).toString('base64'),
    demoPassword: randomBytes(12).toString('base64url'),
  };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, file);
  return readFile(file, 'utf8');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
