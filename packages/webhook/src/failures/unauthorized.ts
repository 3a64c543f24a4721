// Explains refused credentials. n8n answers 401 and 403 with one sentence of plain text, whose words tell what refused the request.

import type { AgentCredentials } from '../agent-credentials.ts';
import { AgentError } from '../agent-error.ts';
import type { AgentProtocol } from '../agent-request.ts';

interface RefusedCredentials extends AgentCredentials {
  status: number;
  /** The start of the body. */
  body: string;
  protocol: AgentProtocol;
}

export function unauthorized(refused: RefusedCredentials): AgentError {
  const known = KNOWN.find(({ words }) => words.test(refused.body));
  const advice = known?.advice(refused) ?? generalAdvice(refused);
  return new AgentError(
    'AGENT_UNAUTHORIZED',
    known?.message ?? 'The agent did not accept Parley’s credentials.',
    `HTTP ${refused.status}. ${advice}`,
  );
}

const IGNORE_BOTS =
  'If the option Ignore Bots of the Webhook node is on, turn it off: it refuses Parley, and every other program, with the same words.';

// The words of n8n's nodes Webhook and Chat Trigger, and of the library that checks its JWTs. A longer body is another server's.
const KNOWN: readonly {
  words: RegExp;
  message?: string;
  advice: (credentials: RefusedCredentials) => string;
}[] = [
  {
    words: /^\s*IP is not whitelisted to access the webhook!\s*$/,
    message: 'The agent does not accept requests from this server.',
    advice: () =>
      'The option IP(s) Whitelist of the Webhook node does not contain the address of this server. Add it, or clear the option. Behind a proxy, n8n sees the proxy’s address unless N8N_PROXY_HOPS is set.',
  },
  {
    words: /^\s*Authorization is required!\s*$/,
    advice: () =>
      'The Authentication of the trigger is Basic Auth. Set the agent’s authentication to Basic, with the user and the password of that credential.',
  },
  {
    words: /^\s*No token provided\s*$/,
    advice: () =>
      'The Authentication of the Webhook node is JWT Auth. Store a signed JWT as the agent’s bearer token, or choose Header Auth in n8n.',
  },
  {
    words:
      /^\s*(?:jwt (?:malformed|expired|not active|signature is required)|invalid (?:token|signature|algorithm))\s*$/,
    advice: ({ body }) =>
      `The Authentication of the Webhook node is JWT Auth, and n8n refused the token: ${body.trim()}. Store a JWT that is signed with that credential’s secret or key and algorithm, or choose Header Auth in n8n.`,
  },
  {
    words: /^\s*(?:User not authenticated!|Invalid authentication token)\s*$/,
    advice: () =>
      'The Authentication of the Chat Trigger is n8n User Auth, which accepts only people who are logged in to n8n. Choose Basic Auth or None.',
  },
  {
    words: /^\s*Authorization data is wrong!\s*$/,
    advice: (credentials) => `${wrongData(credentials)} ${IGNORE_BOTS}`,
  },
];

function wrongData({ token, auth, authHeader }: RefusedCredentials): string {
  if (!token) {
    return 'The webhook requires credentials, and the agent sends none. If the Authentication of the Webhook node is Header Auth, set the agent’s to Header, with the Name and the Value of that credential.';
  }
  switch (auth) {
    case 'bearer':
      return 'Check the stored token. In n8n, the Header Auth credential must have the name Authorization and the value "Bearer <token>", with a capital B. For any other name, set the agent’s authentication to Header; for Basic Auth, to Basic.';
    case 'basic':
      return 'Check the stored user and password: they must be those of the Basic Auth credential in n8n.';
    case 'header':
      return `Check the stored value of the header ${authHeader ?? ''}: name and value must be those of the Header Auth credential in n8n.`;
  }
}

function generalAdvice({ token, protocol, auth }: RefusedCredentials): string {
  if (!token) return 'The webhook requires credentials, and the agent has no token. Store one.';
  if (protocol === 'openai') return 'Check the stored token: it must be the API key.';
  return auth === 'bearer'
    ? 'Check the stored token. In n8n, the Header Auth credential must have the name Authorization and the value "Bearer <token>", with a capital B.'
    : 'Check the stored credentials, and that the agent’s authentication is the kind that the webhook expects.';
}
