// Errors of answers with a successful HTTP status. The hints name the n8n setting to change.

import { AgentError } from '../agent-error.ts';
import { contentFiltered } from './reported-failure.ts';

const NOT_SET_UP = 'The agent is not set up correctly.';
const UNREADABLE = 'The agent sent an answer that could not be read.';

export function stoppedHalfway(nodeName: string, quoted: string): AgentError {
  const said = quoted === '' ? '' : ` It had reported: ${quoted}`;
  return new AgentError(
    'AGENT_ERROR',
    'The agent stopped before its answer was complete.',
    `The node "${nodeName}" began to answer and did not finish. A node fails like this if its On Error is set to Continue: see its execution in n8n.${said}`,
  );
}

/** `empty-answer.ts` has a better hint, which depends on the head of the response. */
export function emptyAnswer(): AgentError {
  return new AgentError(
    'AGENT_EMPTY_RESPONSE',
    'The agent finished without an answer.',
    'The answer had no text.',
  );
}

/**
 * The answer is complete and has no text.
 * @param parts its notices
 * @param unusable why what it has is not text
 */
export function withoutText(
  parts: { hasNotice(reason: 'filtered'): boolean },
  unusable?: AgentError,
): AgentError {
  return parts.hasNotice('filtered')
    ? contentFiltered('The answer had no text.')
    : (unusable ?? emptyAnswer());
}

export function emptyCompletion(): AgentError {
  return new AgentError(
    'AGENT_EMPTY_RESPONSE',
    'The agent finished without an answer.',
    'The model returned no text. It may have used all of its tokens for reasoning (raise the limit in its config), or called a tool, which Parley does not run.',
  );
}

export function startedOnly(): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    'The workflow responds as soon as it starts, so its result never arrives. In the Webhook or Chat Trigger node, change Respond from ' +
      'Immediately to Streaming, When Last Node Finishes or Using Respond to Webhook Node.',
  );
}

/** A Chat Trigger with response nodes starts the workflow, whose Chat nodes answer over n8n's own connection. */
export function answersByChatNodes(): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    'The Response Mode of the Chat Trigger is Using Response Nodes, so the answers of its Chat nodes go only to n8n’s own chat. ' +
      'Change it to Streaming or When Last Node Finishes.',
  );
}

export function returnedItsInput(): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    'The workflow returned its own input, because the trigger is its last node: add an AI Agent node after it and connect the two. ' +
      'A Wait node after the trigger has the same effect, as n8n answers when the wait begins: answer before it, or without it.',
  );
}

/** @param fields the names of the fields that the answer has, quoted */
export function unknownShape(fields = ''): AgentError {
  const has = fields === '' ? '' : ` It has: ${fields}.`;
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    `The answer is JSON without any of the fields output, content, text, message, response or answer.${has} ` +
      'Return the text in one of them, for example {"output": "..."} from a Set node, or name the agent’s answer field.',
  );
}

/** @param field the agent's answer field; @param fields the names of the fields that the answer has, quoted */
export function noAnswerField(field: string, fields: string): AgentError {
  const has = fields === '' ? '' : ` It has: ${fields}.`;
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    `The answer has no text in the agent’s answer field "${field}".${has} Correct the field in the agent’s settings, or let the workflow return it.`,
  );
}

/** @param nodes the names of the nodes that said something, quoted */
export function noAnswerNode(nodes: string): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    `None of the agent’s answer nodes said anything. The text came from: ${nodes}. Correct the answer nodes in the agent’s settings.`,
  );
}

/** @param type such as "a PDF document" */
export function notText(type: string): AgentError {
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    'The agent sent a file instead of text, which cannot be shown.',
    `The answer is ${type}. Return text from the workflow, for example with a link to the file.`,
  );
}

export function webPage(): AgentError {
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    UNREADABLE,
    'The answer is a web page, such as a login page or an error page of a proxy in front of the agent. Check that the webhook address is correct and needs no login.',
  );
}

export function startingUp(): AgentError {
  return new AgentError(
    'AGENT_UNREACHABLE',
    'The agent is starting up. Try again in a moment.',
    'n8n is still starting or migrating its database.',
  );
}

export function brokenJson(): AgentError {
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    UNREADABLE,
    'The answer starts like JSON but is not valid JSON. If a Respond to Webhook node builds it, let n8n quote the text: {{ JSON.stringify(...) }}.',
  );
}

/** @param encoding the one that the answer declared, in WHATWG's spelling; UTF-8 if it declared none */
export function invalidText(encoding: string): AgentError {
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    UNREADABLE,
    `The answer is not valid ${encoding.toUpperCase()} but binary data or text in another encoding. Return text in UTF-8, or declare its charset in the Content-Type header.`,
  );
}

export function answerTooLarge(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long and was cut off.',
    'The text exceeded the limit for one answer. Let the agent answer more briefly.',
  );
}

export function frameTooLarge(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long.',
    'A single JSON value, line or event of the answer exceeded the limit. Return only the text, without other data.',
  );
}

export function tooComplex(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long.',
    'A JSON value of the answer is nested too deeply or has too many values. Return only the text, without other data.',
  );
}

export function tooMuchWork(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long and was cut off.',
    'Parsing the answer took more time than one answer may take. Return only the text, without other data.',
  );
}

export function tooManyParts(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long and was cut off.',
    'The steps, tool calls, sources or reasoning of the answer exceeded the limit for one answer.',
  );
}

export function bodyTooLarge(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long and was cut off.',
    'The body of the answer exceeded the limit. Return only the text, without other data.',
  );
}
