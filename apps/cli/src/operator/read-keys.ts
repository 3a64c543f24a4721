import { ConfigError, readEncryptionKeys } from '@parley/server/config';
import { UsageError } from '../command-error.ts';

/** @throws UsageError if ENCRYPTION_KEY is malformed; it shows no key */
export function readKeys(encryptionKey: string): readonly Uint8Array[] {
  try {
    return readEncryptionKeys(encryptionKey);
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}
