// What is wrong with an answer that came with a status that says all is well. The hints name the n8n setting to change.

import { AgentError } from '../agent-error.ts';

const NOT_SET_UP = 'The agent is not set up correctly.';
const UNREADABLE = 'The agent sent an answer that could not be read.';

/** The workflow itself says that it failed. `quoted` has been through the quote. */
export function reportedError(quoted: string, nodeName = ''): AgentError {
  const where = nodeName === '' ? 'The workflow' : `The node "${nodeName}"`;
  const said = quoted === '' ? 'gave no reason; see the execution in n8n.' : `reported: ${quoted}`;
  return new AgentError('AGENT_ERROR', 'The agent failed while answering.', `${where} failed and ${said}`);
}

export function stoppedHalfway(nodeName: string, quoted: string): AgentError {
  const said = quoted === '' ? '' : ` It had reported: ${quoted}`;
  return new AgentError(
    'AGENT_ERROR',
    'The agent stopped before its answer was complete.',
    `The node "${nodeName}" began to answer and never ended, as a node does that fails with On Error set to Continue.${said}`,
  );
}

export function emptyAnswer(): AgentError {
  return new AgentError(
    'AGENT_EMPTY_RESPONSE',
    'The agent finished without an answer.',
    'The answer had no text. In n8n: with Respond set to Streaming, turn on Enable Streaming in the AI Agent node (chains cannot stream); ' +
      'otherwise let the last node or a Respond to Webhook node return {"output": "..."}, and do not choose No Response Body.',
  );
}

export function emptyCompletion(): AgentError {
  return new AgentError(
    'AGENT_EMPTY_RESPONSE',
    'The agent finished without an answer.',
    'The model said nothing: it may have used up its tokens for reasoning, or called a tool, which Parley does not run.',
  );
}

export function startedOnly(): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    'The workflow answers as soon as it starts, so its result never arrives. In the Webhook or Chat Trigger node set Respond to ' +
      'Streaming, When Last Node Finishes, or Using Respond to Webhook Node, instead of Immediately.',
  );
}

export function returnedItsInput(): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    'The workflow returned its own input. Its last node is the trigger: add an AI Agent node after it, and connect the two.',
  );
}

export function unknownShape(): AgentError {
  return new AgentError(
    'AGENT_MISCONFIGURED',
    NOT_SET_UP,
    'The answer is JSON without any of the fields content, output, text, message, response or answer. ' +
      'Return the text in one of them, such as {"output": "..."}; with a Set node, for example.',
  );
}

export function webPage(): AgentError {
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    UNREADABLE,
    'The answer is a web page, such as a login or an error page of a proxy in front of the agent. Check the webhook address, and that it needs no login.',
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
    'The answer begins as JSON and is not valid JSON. If a Respond to Webhook node puts it together, let n8n do the quoting: {{ JSON.stringify(...) }}.',
  );
}

export function invalidUtf8(): AgentError {
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    UNREADABLE,
    'The answer is not valid UTF-8: binary data, or text in another encoding.',
  );
}

export function answerTooLarge(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long, and was cut off.',
    'The text went over the limit for one answer.',
  );
}

export function frameTooLarge(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long.',
    'A single JSON value, line or event of the answer went over the limit. Return the text alone, without other data.',
  );
}

export function bodyTooLarge(): AgentError {
  return new AgentError(
    'AGENT_RESPONSE_TOO_LARGE',
    'The agent’s answer was too long, and was cut off.',
    'The answer’s body, decompressed, went over the limit.',
  );
}
