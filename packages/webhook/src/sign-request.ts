// Signs requests as Standard Webhooks specifies, so that an agent can verify that a request comes from this server, is unchanged
// and recent. Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

import { createHmac } from 'node:crypto';
import { AgentError } from './agent-error.ts';

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** The bytes of a secret (`whsec_` and base64); undefined if it is not valid. */
export function readSigningSecret(secret: string): Uint8Array | undefined {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES ? bytes : undefined;
}

/**
 * @param id the same for every attempt to send this request
 * @throws AgentError if the secret is not valid
 */
export function signatureHeaders(
  secret: string,
  { id, body, now = new Date() }: { id: string; body: string; now?: Date },
): Record<string, string> {
  const key = readSigningSecret(secret);
  if (key === undefined) {
    throw new AgentError(
      'AGENT_MISCONFIGURED',
      'The agent is not set up correctly.',
      'The stored signing secret is not valid. Store one that consists of whsec_ and 24 to 64 bytes in base64.',
    );
  }
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
