// Explains an answer without text by the way in which the agent answered.

import { AgentError } from '../agent-error.ts';
import type { AgentProtocol } from '../agent-request.ts';
import { emptyCompletion } from './answer-failures.ts';

interface EmptyAnswer {
  protocol: AgentProtocol;
  contentType: string | null;
  contentSecurityPolicy: string | null;
}

/** n8n sends a sandbox policy with every answer but a stream, whose head it sends before the workflow starts. */
export function explainEmpty({ protocol, contentType, contentSecurityPolicy }: EmptyAnswer): AgentError {
  if (protocol === 'openai') return emptyCompletion();
  const isWhole = /^\s*sandbox\b/.test(contentSecurityPolicy ?? '');
  const isStream = !isWhole && /^application\/json; charset=utf-8$/i.test(contentType ?? '');
  return new AgentError(
    'AGENT_EMPTY_RESPONSE',
    'The agent finished without an answer.',
    isWhole ? `${NOTHING} ${WHOLE}` : isStream ? `${NOTHING} ${STREAM}` : `${NOTHING} ${STREAM} ${OTHERWISE}`,
  );
}

const NOTHING = 'The answer had no text.';

const WHOLE =
  'The workflow did not stream, and returned nothing. In the trigger, Respond may be Immediately, or the option No Response Body may be on: choose When Last Node Finishes, and turn the option off. ' +
  'With Using Respond to Webhook Node, the workflow did not reach that node. Return {"output": "..."} from the last node.';

const STREAM =
  'In n8n, if Respond is Streaming, no node streamed: turn on Enable Streaming in the options of the AI Agent node. ' +
  'Chains, an agent in an Execute Sub-workflow node, and nodes after a Wait node do not stream: with them, set Respond to When Last Node Finishes.';

const OTHERWISE =
  'Otherwise return {"output": "..."} from the last node or a Respond to Webhook node, and do not select No Response Body.';
