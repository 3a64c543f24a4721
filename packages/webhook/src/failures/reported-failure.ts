// Explains errors that agents report. What a user can do depends on the kind of the error, and providers say it in many words.

import { AgentError } from '../agent-error.ts';
import type { ReportedError } from '../reported-error.ts';

interface Kind {
  pattern: RegExp;
  explain: (reported: string, wait: string) => AgentError;
}

// The first kind that matches counts: providers call a spent quota a rate limit.
const KINDS: readonly Kind[] = [
  {
    pattern:
      /context_length_exceeded|context[ _]length|context[ _]window|prompt is too long|too many (?:input )?tokens|input (?:is )?too long|exceeds? the (?:model.s )?(?:maximum|max) (?:number of )?(?:input )?tokens|request_too_large/i,
    explain: contextTooLong,
  },
  {
    pattern:
      /insufficient[_ ]quota|exceeded your (?:current )?quota|quota[ _]exceeded|check your (?:plan and )?billing|billing_|payment required|out of credits?|credit balance|insufficient (?:credits?|balance|funds)|\bquota\b/i,
    explain: quotaExceeded,
  },
  {
    pattern: /rate[-_ ]?limit|too many requests|receiving too many|overloaded_error|resource_exhausted/i,
    explain: rateLimited,
  },
  {
    pattern:
      /content[-_ ]filter|content[-_ ]policy|content management policy|responsible ?ai|usage policies|prohibited_content|blocked (?:by|due to|because of) (?:the |its )?(?:safety|content|policy)/i,
    explain: contentFiltered,
  },
  {
    pattern:
      /model_not_found|no such model|unknown model|invalid model|model\b.{0,80}(?:not found|does not exist|is not available|not supported|has been deprecated|decommissioned)/i,
    explain: unknownModel,
  },
  {
    pattern:
      /max(?:imum)?(?: number of)?[ _]iterations|recursion[ _]limit|max(?:imum)?[ _](?:steps|turns)\b/i,
    explain: outOfSteps,
  },
];

/**
 * The reason for an error by its words, if they are those of a known kind.
 * @param reported a sentence with the agent's words, for the admin
 */
export function knownFailure(
  { message, code }: ReportedError,
  reported: string,
  wait = 'in a moment',
): AgentError | undefined {
  const words = `${code} ${message.slice(0, 2_000)}`;
  return KINDS.find(({ pattern }) => pattern.test(words))?.explain(reported, wait);
}

/**
 * The agent reported its failure.
 * @param quote shortens and redacts its words
 * @param nodeName the n8n node that failed, quoted
 */
export function reportedFailure(
  error: ReportedError,
  quote: (text: string) => string,
  nodeName = '',
): AgentError {
  const quoted = quote(error.message);
  const where = nodeName === '' ? 'The workflow' : `The node "${nodeName}"`;
  const said = quoted === '' ? 'gave no reason. See its execution in n8n.' : `reported: ${quoted}`;
  const reported = `${where} failed and ${said}`;
  return (
    knownFailure(error, reported) ??
    new AgentError('AGENT_ERROR', 'The agent failed while answering.', reported)
  );
}

function contextTooLong(reported: string): AgentError {
  return new AgentError(
    'AGENT_CONTEXT_TOO_LONG',
    'The conversation is too long for the agent. Start a new chat, or send a shorter message.',
    `Lower the agent’s limits for the history, or use a model with a larger context. ${reported}`,
  );
}

export function quotaExceeded(reported: string): AgentError {
  return new AgentError(
    'AGENT_QUOTA_EXCEEDED',
    'The agent’s account with its model provider has no credit or quota left. Tell an admin.',
    `Add credit or raise the quota at the provider of the model. ${reported}`,
  );
}

/** @param wait when to try again */
export function rateLimited(reported: string, wait = 'in a moment'): AgentError {
  return new AgentError(
    'AGENT_RATE_LIMITED',
    `The agent gets too many requests at the moment. Try again ${wait}.`,
    `The model’s provider, or a proxy in front of the agent, limits the rate of requests. ${reported}`,
  );
}

export function contentFiltered(reported: string): AgentError {
  return new AgentError(
    'AGENT_CONTENT_FILTERED',
    'A content filter of the agent stopped the answer. Say it in other words, or start a new chat.',
    `The model’s provider filtered the conversation or the answer. ${reported}`,
  );
}

function unknownModel(reported: string): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    'The agent is not set up correctly.',
    `The model does not exist, or its provider does not offer it to this account. Correct its name. ${reported}`,
  );
}

function outOfSteps(reported: string): AgentError {
  return new AgentError(
    'AGENT_ERROR',
    'The agent reached its limit of steps before it had an answer. Ask for less at a time.',
    `Raise Max Iterations in the AI Agent node, or the recursion limit. ${reported}`,
  );
}
