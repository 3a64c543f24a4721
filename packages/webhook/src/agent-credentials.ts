// An agent's credentials: how its token is sent, and which tokens and header names can be sent.

import { AgentError } from './agent-error.ts';

export interface AgentCredentials {
  /** Null or empty: no credentials are sent. With `basic`: user:password. */
  token: string | null;
  /** As a bearer token, as Basic credentials, or in the header `authHeader`. */
  auth: 'bearer' | 'basic' | 'header';
  authHeader: string | null;
}

/** A token as it is stored: people paste it with its scheme, as n8n and curl show it. */
export function normalizeToken(token: string, auth: AgentCredentials['auth']): string {
  return auth === 'bearer' ? token.trim().replace(/^Bearer\s+/i, '') : token;
}

/** @returns why a token cannot be sent; undefined if it can */
export function problemOfToken(token: string, auth: AgentCredentials['auth']): string | undefined {
  switch (auth) {
    case 'bearer':
      return /^[\x21-\x7e]+$/.test(token) ? undefined : 'must be visible ASCII characters without spaces';
    case 'header':
      return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(token)
        ? undefined
        : 'must be visible ASCII characters, and must not begin or end with a space';
    case 'basic':
      // eslint-disable-next-line no-control-regex -- refuses control characters, as RFC 7617 does
      return /^[^:\u0000-\u001f\u007f]+:[^\u0000-\u001f\u007f]+$/.test(token)
        ? undefined
        : 'must be a user and a password with a colon between them (user:password), without line breaks';
  }
}

const MAX_HEADER_NAME_CHARS = 100;

/** @returns why a header cannot carry a token; undefined if it can */
export function problemOfHeaderName(name: string): string | undefined {
  // Source: https://www.rfc-editor.org/rfc/rfc9110#name-tokens
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || name.length > MAX_HEADER_NAME_CHARS) {
    return `must be the name of a header, such as X-API-Key: at most ${MAX_HEADER_NAME_CHARS} letters, digits and hyphens`;
  }
  return RESERVED.test(name) ? 'must not be a header that HTTP, a proxy or Parley itself sets' : undefined;
}

// Connection headers would break the request, and forwarding headers could pass a check of the caller's address.
const RESERVED = new RegExp(
  `^(?:${[
    ...[
      'connection',
      'keep-alive',
      'proxy-.*',
      'te',
      'trailer',
      'transfer-encoding',
      'upgrade',
      'expect',
      'host',
    ],
    ...[
      'content-.*',
      'accept',
      'accept-encoding',
      'user-agent',
      'idempotency-key',
      'traceparent',
      'tracestate',
    ],
    ...[
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
      'forwarded',
      'x-forwarded-.*',
      'x-real-ip',
      'via',
    ],
  ].join('|')})$`,
  'i',
);

/**
 * The header that carries the credentials.
 * @throws AgentError if the stored credentials cannot be sent
 */
export function credentialHeaders({ token, auth, authHeader }: AgentCredentials): Record<string, string> {
  if (!token) return {};
  const problem =
    problemOfToken(token, auth) ?? (auth === 'header' ? problemOfHeaderName(authHeader ?? '') : undefined);
  if (problem !== undefined) {
    throw new AgentError(
      'AGENT_MISCONFIGURED',
      'The agent is not set up correctly.',
      `The stored token or the name of its header cannot be sent: it ${problem}. Store it again.`,
    );
  }
  switch (auth) {
    case 'bearer':
      return { authorization: `Bearer ${token}` };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
    case 'header':
      return { [(authHeader ?? '').toLowerCase()]: token };
  }
}

/** The secrets among the credentials, for redaction. */
export function secretsOf({ token, auth }: AgentCredentials): (string | null)[] {
  return auth === 'basic' && token !== null ? [token, token.slice(token.indexOf(':') + 1)] : [token];
}
