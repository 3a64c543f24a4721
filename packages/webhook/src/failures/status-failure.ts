// What an HTTP status other than success means, from an n8n or from a proxy before it. An n8n's own words may be quoted
// in the hint; a body of another shape never is.

import { AgentError, type AgentErrorReason } from '../agent-error.ts';
import type { AgentProtocol } from '../agent-request.ts';
import { errorOfValue, isRecord } from '../text-of-value.ts';

export interface RefusedAnswer {
  status: number;
  /** The body's start. */
  body: string;
  /** The `location` header. */
  location: string | null;
  url: URL;
  protocol: AgentProtocol;
  hasToken: boolean;
  quote: (text: string) => string;
}

export function statusFailure(refused: RefusedAnswer): AgentError {
  const { status } = refused;
  if (status >= 300 && status < 400) return redirected(refused);
  if (status === 401 || status === 403 || status === 407) return unauthorized(refused);
  if (status === 404 || status === 405 || status === 410) return notRegistered(refused);
  if (status === 408 || status === 504 || status === 522 || status === 524) {
    return failure(
      refused,
      'AGENT_TIMEOUT',
      'The agent took too long to answer.',
      'A proxy in front of the agent gave up waiting.',
    );
  }
  if (status === 502 || status === 503 || (status >= 520 && status <= 530)) {
    return failure(
      refused,
      'AGENT_UNREACHABLE',
      'The agent could not be reached.',
      'The agent’s server is down or still starting, or a proxy in front of it cannot reach it.',
    );
  }
  if (status === 413) {
    return failure(
      refused,
      'AGENT_ERROR',
      'The conversation is too long for the agent.',
      refused.protocol === 'openai'
        ? 'Send less history.'
        : 'Send less history, or raise N8N_PAYLOAD_SIZE_MAX.',
    );
  }
  if (status === 429) {
    return failure(
      refused,
      'AGENT_ERROR',
      'The agent is too busy. Try again in a moment.',
      'The agent, or a proxy before it, limits requests.',
    );
  }
  const isOpenAi = refused.protocol === 'openai';
  const hint =
    status >= 500
      ? `The ${isOpenAi ? 'endpoint failed; see its log' : 'workflow failed; see its executions in n8n'}.`
      : `The agent refused the request. ${isOpenAi ? 'Check what is in its config.' : 'Parley sends a POST with a JSON body.'}`;
  return failure(refused, 'AGENT_ERROR', 'The agent failed while answering.', hint);
}

function redirected({ status, location, url, quote }: RefusedAnswer): AgentError {
  const target = location === null ? null : URL.parse(location, url.href);
  // Without the query, which may hold a key.
  const to = target === null ? '' : ` to ${quote(`${target.origin}${target.pathname}`)}`;
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    'The agent is not set up correctly.',
    `The webhook address answers with a redirect (HTTP ${status})${to}. Redirects are not followed: store the final address, and check that it needs no login.`,
  );
}

function unauthorized(refused: RefusedAnswer): AgentError {
  const { status, hasToken, protocol } = refused;
  const advice = hasToken
    ? protocol === 'openai'
      ? 'Check the stored token, which is the API key.'
      : 'Check the stored token. In n8n the Header Auth credential needs the name Authorization and the value "Bearer <token>", with a capital B.'
    : 'The agent has no token stored, and its webhook asks for one.';
  return new AgentError(
    'AGENT_UNAUTHORIZED',
    'The agent did not accept Parley’s credentials.',
    `HTTP ${status}. ${advice}`,
  );
}

function notRegistered(refused: RefusedAnswer): AgentError {
  if (refused.protocol === 'openai') {
    return failure(
      refused,
      'AGENT_NOT_REGISTERED',
      'The agent is not available at its address.',
      'Check the address, which ends in /v1 for most endpoints, and the name of the model.',
    );
  }
  const words = wordsOf(refused);
  const isTestUrl = refused.url.pathname.includes('/webhook-test/');
  const advice = isTestUrl
    ? 'This is an n8n test address, which answers only while the editor listens. Store the production address (/webhook/ instead of /webhook-test/).'
    : /did you mean to make a|not registered for/i.test(words)
      ? 'Set the Webhook node’s HTTP Method to POST.'
      : /not registered/i.test(words)
        ? 'The workflow is not active: publish it in n8n. Otherwise the path of the address is wrong.'
        : 'Check the webhook address, and that the workflow is active. An n8n that has just started answers like this for some seconds.';
  return new AgentError(
    'AGENT_NOT_REGISTERED',
    'The agent is not available at its address.',
    `HTTP ${refused.status}. ${advice}`,
  );
}

function failure(
  refused: RefusedAnswer,
  reason: AgentErrorReason,
  message: string,
  advice: string,
): AgentError {
  const words = wordsOf(refused);
  const reported = words === '' ? '' : ` It reported: ${words}`;
  return new AgentError(reason, message, `HTTP ${refused.status}. ${advice}${reported}`);
}

/** The error's own words, if the body is JSON that has them where n8n and most APIs do. */
function wordsOf({ body, quote }: RefusedAnswer): string {
  try {
    const value: unknown = JSON.parse(body);
    const message = isRecord(value) ? value['message'] : undefined;
    return quote(typeof message === 'string' ? message : (errorOfValue(value) ?? ''));
  } catch {
    return '';
  }
}
