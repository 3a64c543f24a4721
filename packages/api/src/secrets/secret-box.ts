// Encrypts secrets that Parley has to send on, such as webhook tokens, for storage in the database. AES-256-GCM with a
// random 96-bit nonce, stored as version (1 byte) | key id (4) | nonce (12) | tag (16) | ciphertext. The key id names the
// key that opens the secret. Values of the first release have version 1 and no key id.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const VERSION = 2;
const VERSION_WITHOUT_KEY_ID = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export interface SecretBox {
  /** Encrypts with the first key. */
  seal: (secret: string) => Uint8Array;
  /** Decrypts with the key that sealed it. @throws Error if that key is missing, or if the bytes were modified */
  open: (sealed: Uint8Array) => string;
  /** Prefix of values sealed with the current key. Values with any other prefix need to be sealed again. */
  readonly prefix: Uint8Array;
}

/** @param keys 32 bytes each; the first seals, all open */
export function createSecretBox(keys: readonly Uint8Array[]): SecretBox {
  const known = keys.map((key) => ({ key, header: headerOf(key) }));
  const [current] = known;
  if (current === undefined) throw new Error('at least one encryption key is required');

  function open(sealed: Uint8Array): string {
    if (sealed[0] === VERSION_WITHOUT_KEY_ID) return openWithAny(sealed);
    const found = known.find(({ header }) => header.equals(sealed.subarray(0, header.length)));
    if (found === undefined) {
      throw new Error('this secret was sealed with a key that is not in ENCRYPTION_KEY, or is damaged');
    }
    return decrypt(found.key, sealed.subarray(found.header.length), found.header);
  }

  function openWithAny(sealed: Uint8Array): string {
    for (const { key } of known) {
      try {
        return decrypt(key, sealed.subarray(1));
      } catch {
        // The tag does not match: another key sealed it.
      }
    }
    throw new Error('this secret was sealed with a key that is not in ENCRYPTION_KEY, or is damaged');
  }

  return {
    prefix: current.header,
    seal(secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(current.header);
      const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([current.header, nonce, cipher.getAuthTag(), ciphertext]);
    },
    open,
  };
}

/** @param body nonce, tag and ciphertext */
function decrypt(key: Uint8Array, body: Uint8Array, header?: Uint8Array): string {
  if (body.length < NONCE_BYTES + TAG_BYTES) throw new Error('this is not a sealed secret');
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  if (header !== undefined) decipher.setAAD(header);
  decipher.setAuthTag(body.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const ciphertext = body.subarray(NONCE_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
}

function headerOf(key: Uint8Array): Buffer {
  if (key.length !== KEY_BYTES) {
    throw new Error(`an encryption key must have ${KEY_BYTES} bytes, not ${key.length}`);
  }
  const id = createHmac('sha256', key).update('parley encryption key').digest().subarray(0, KEY_ID_BYTES);
  return Buffer.concat([Uint8Array.of(VERSION), id]);
}
