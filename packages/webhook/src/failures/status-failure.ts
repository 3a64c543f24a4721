// Explains HTTP error statuses of n8n, and of proxies in front of it. A hint may quote n8n's error message; it never quotes a
// body of another shape.

import type { AgentCredentials } from '../agent-credentials.ts';
import { addressHint } from '../agent-url.ts';
import { AgentError, type AgentErrorReason } from '../agent-error.ts';
import type { AgentProtocol } from '../agent-request.ts';
import { errorOfValue, readError } from '../reported-error.ts';
import { isRecord } from '../text-of-value.ts';
import { knownFailure, quotaExceeded, rateLimited } from './reported-failure.ts';
import { unauthorized } from './unauthorized.ts';

export interface RefusedAnswer extends AgentCredentials {
  status: number;
  /** The start of the body. */
  body: string;
  /** The `location` header. */
  location: string | null;
  /** The `retry-after` header. */
  retryAfter: string | null;
  url: URL;
  protocol: AgentProtocol;
  quote: (text: string) => string;
}

export function statusFailure(refused: RefusedAnswer): AgentError {
  const { status } = refused;
  if (status >= 300 && status < 400) return redirected(refused);
  if (status === 401 || status === 403 || status === 407) return unauthorized(refused);
  if (status === 404 || status === 405 || status === 410) return notRegistered(refused);
  const known = reportedByModel(refused);
  if (known !== undefined) return known;
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
        ? 'Lower the agent’s limits for the history.'
        : 'Lower the agent’s limits for the history, or raise N8N_PAYLOAD_SIZE_MAX in n8n.',
    );
  }
  if (status === 402) return quotaExceeded(hintOf(refused, 'The provider wants to be paid.'));
  if (status === 429 && (refused.retryAfter !== null || refused.protocol === 'openai')) {
    return rateLimited(hintOf(refused), waitOf(refused.retryAfter));
  }
  if (status === 429) {
    return failure(
      refused,
      'AGENT_ERROR',
      'The agent is too busy. Try again in a moment.',
      'The agent, or a proxy in front of it, limits the rate of requests.',
    );
  }
  if (/^\s*No authentication data defined on node!\s*$/.test(refused.body)) {
    return new AgentError(
      'AGENT_MISCONFIGURED',
      'The agent is not set up correctly.',
      'The trigger in n8n has an Authentication, but no credential for it. Select one in the node, or set Authentication to None.',
    );
  }
  const isOpenAi = refused.protocol === 'openai';
  const hint =
    status >= 500
      ? `The ${isOpenAi ? 'endpoint failed. See its log' : 'workflow failed. See its executions in n8n'}.`
      : `The agent refused the request. ${isOpenAi ? 'Check the agent’s config.' : 'Its webhook must accept a POST with a JSON body.'}`;
  return failure(refused, 'AGENT_ERROR', 'The agent failed while answering.', hint);
}

function redirected({ status, location, url, quote }: RefusedAnswer): AgentError {
  const target = location === null ? null : URL.parse(location, url.href);
  // The query is left out, since it may contain a key.
  const to = target === null ? '' : ` to ${quote(`${target.origin}${target.pathname}`)}`;
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    'The agent is not set up correctly.',
    `The webhook address redirects (HTTP ${status})${to}. Parley does not follow redirects: store the final address, and check that it needs no login.`,
  );
}

function notRegistered(refused: RefusedAnswer): AgentError {
  if (refused.protocol === 'openai') {
    return failure(
      refused,
      'AGENT_NOT_REGISTERED',
      'The agent is not available at its address.',
      'Check the address, which for most endpoints ends in /v1, and the name of the model.',
    );
  }
  const advice = addressHint(refused.url) ?? adviceOnPath(refused);
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
  return new AgentError(reason, message, hintOf(refused, advice));
}

function hintOf(refused: RefusedAnswer, advice = ''): string {
  const words = wordsOf(refused);
  return [`HTTP ${refused.status}.`, advice, words === '' ? '' : `It reported: ${words}`]
    .filter(Boolean)
    .join(' ');
}

/** The reason that the API of a model reports, which is more precise than the status. */
function reportedByModel(refused: RefusedAnswer): AgentError | undefined {
  const body = jsonOf(refused);
  // An error that is only a string is the text of somebody's workflow.
  if (!isRecord(body) || typeof body['error'] === 'string') return undefined;
  return knownFailure(readError(body['error'], body), hintOf(refused), waitOf(refused.retryAfter));
}

/** When a `retry-after`, in seconds or as a date, allows another request. */
function waitOf(retryAfter: string | null): string | undefined {
  if (retryAfter === null) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1_000;
  if (!(seconds > 1)) return undefined;
  return seconds < 120 ? `in ${Math.ceil(seconds)} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
}

function adviceOnPath(refused: RefusedAnswer): string {
  const words = wordsOf(refused);
  if (/did you mean to make a|not registered for/i.test(words))
    return 'Set the Webhook node’s HTTP Method to POST.';
  if (/not registered/i.test(words))
    return 'The workflow is not active: publish it in n8n. If it is active, correct the path of the address.';
  // A Chat Trigger that is not public answers without a body.
  return refused.body.trim() === '' && /\/chat\/?$/.test(refused.url.pathname)
    ? 'The Chat Trigger is not public: turn on Make Chat Publicly Available in it, and publish the workflow.'
    : 'Check the webhook address, and that the workflow is active. n8n also answers like this for some seconds after it starts.';
}

/** The error's message, if the body is JSON that has it in the field that n8n and most APIs use. */
function wordsOf(refused: RefusedAnswer): string {
  const value = jsonOf(refused);
  const message = isRecord(value) ? value['message'] : undefined;
  return refused.quote(typeof message === 'string' ? message : (errorOfValue(value)?.message ?? ''));
}

function jsonOf({ body }: RefusedAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
