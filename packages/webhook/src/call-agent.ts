// Calls an agent: one POST to its webhook, its answer as events while it arrives.

import type { AgentError } from './agent-error.ts';
import type { AgentEvent } from './answer-text.ts';
import { resolveAgentLimits, type AgentLimits } from './agent-limits.ts';
import type { AgentRequest } from './agent-request.ts';
import { sharedAgentConnector, type Connector } from './connect/agent-connector.ts';
import { noAllowedHosts, type AllowedHosts } from './connect/allowed-hosts.ts';
import { Exchange } from './exchange.ts';
import { emptyCompletion } from './failures/answer-failures.ts';
import { statusFailure } from './failures/status-failure.ts';
import { AnswerParser, type AnswerMode } from './parse-answer.ts';
import { createErrorQuote } from './quote-error.ts';
import { wireRequest } from './wire-request.ts';

/** Is told of what the answer's text does not say. */
export interface AgentObserver {
  /** The answer's status, as soon as its headers are there. */
  onHead?(status: number): void;
  /** How the agent answered, once the answer is over, however it ended; not called where no bytes told. */
  onMode?(mode: AnswerMode): void;
}

export interface CallAgentOptions {
  /** Aborting closes the connection at once; the iteration then throws the signal's reason. */
  signal?: AbortSignal | undefined;
  limits?: Partial<AgentLimits> | undefined;
  /** Hosts that may be called although they are not public: without it, none. */
  allowedHosts?: AllowedHosts | undefined;
  /** How connections are made, in undici's terms, instead of by `agentConnector`, which checks their addresses. */
  connector?: Connector | undefined;
  observer?: AgentObserver | undefined;
}

/**
 * Yields what arrives as soon as its bytes are there. The deltas put together, with resets obeyed, are the answer's
 * text, without white space around it. Nothing is sent before the first event is asked for; leaving the iteration
 * closes the connection (the workflow behind it goes on).
 *
 * @throws AgentError when the call fails, after all text received before has been yielded
 * @throws the signal's reason when it is aborted
 */
export async function* callAgent(
  request: AgentRequest,
  options: CallAgentOptions = {},
): AsyncGenerator<AgentEvent, void, undefined> {
  const { signal, observer } = options;
  signal?.throwIfAborted();
  const limits = resolveAgentLimits(options.limits);
  const quote = createErrorQuote([request.token, request.signingSecret]);
  const sent = wireRequest(request);
  const exchange = new Exchange(
    sent,
    limits,
    options.connector ??
      sharedAgentConnector(limits.connectTimeoutMs, options.allowedHosts ?? noAllowedHosts),
  );
  const onAbort = () => exchange.close(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  let parser: AnswerParser | undefined;
  try {
    const head = await exchange.send();
    observer?.onHead?.(head.status);
    if (head.status < 200 || head.status > 299) {
      const body = await readStart(exchange, limits);
      throw statusFailure({
        ...head,
        body,
        url: sent.url,
        protocol: request.protocol,
        hasToken: Boolean(request.token),
        quote,
      });
    }
    parser = new AnswerParser({ contentType: head.contentType, limits, quote });
    while (!parser.isDone) {
      const bytes = await exchange.read(parser.graceMs);
      if (bytes === undefined) break;
      for (const event of parser.push(bytes)) {
        signal?.throwIfAborted();
        yield event;
      }
    }
    signal?.throwIfAborted();
    const cut = parser.isDone ? undefined : exchange.failure;
    yield* cut === undefined ? parser.end() : parser.cut();
    const failure = explain(parser.failure ?? cut, request);
    if (failure !== undefined) throw failure;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    exchange.close();
    if (parser?.mode !== undefined) observer?.onMode?.(parser.mode);
  }
}

/** What an answer lacks is told in terms of n8n, but to whom speaks OpenAI's protocol. */
function explain(failure: AgentError | undefined, { protocol }: AgentRequest): AgentError | undefined {
  return failure?.reason === 'AGENT_EMPTY_RESPONSE' && protocol === 'openai' ? emptyCompletion() : failure;
}

const MAX_REFUSAL_BYTES = 65_536;

/** The start of the body of a refusal, which explains it at best: not worth a long wait, nor a failure of its own. */
async function readStart(exchange: Exchange, limits: AgentLimits): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  while (bytes < MAX_REFUSAL_BYTES) {
    const chunk = await exchange.read(limits.errorGraceMs);
    if (chunk === undefined) break;
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
