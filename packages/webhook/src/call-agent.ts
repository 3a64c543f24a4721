// Calls an agent: sends one POST to its webhook and yields the answer as events while it arrives.

import { setImmediate } from 'node:timers/promises';
import { secretsOf } from './agent-credentials.ts';
import type { AgentEvent } from './answer-events.ts';
import { resolveAgentLimits, type AgentLimits } from './agent-limits.ts';
import type { AgentRequest } from './agent-request.ts';
import { sharedAgentConnector, type Connector } from './connect/agent-connector.ts';
import { noAllowedHosts, type AllowedHosts } from './connect/allowed-hosts.ts';
import { encodingOf } from './decode-answer.ts';
import { Exchange } from './exchange.ts';
import { explainEmpty } from './failures/empty-answer.ts';
import { statusFailure } from './failures/status-failure.ts';
import { endSlice, nextSlice } from './loop-share.ts';
import { AnswerParser, type AnswerMode } from './parse-answer.ts';
import { createErrorQuote } from './quote-error.ts';
import { wireRequest } from './wire-request.ts';

/** Receives facts about an answer that its events do not carry. */
export interface AgentObserver {
  /** Called with the HTTP status when the headers have arrived. */
  onHead?(status: number): void;
  /** Called at the end of a complete or failed answer with its mode; not called if the mode was not detected. */
  onMode?(mode: AnswerMode): void;
}

export interface CallAgentOptions {
  /** Aborting closes the connection at once; the iteration then throws the signal's reason. */
  signal?: AbortSignal | undefined;
  limits?: Partial<AgentLimits> | undefined;
  /** Hosts that may be called although they are not public. Default: none. */
  allowedHosts?: AllowedHosts | undefined;
  /** An undici connector. Default: `agentConnector`, which checks every address. */
  connector?: Connector | undefined;
  observer?: AgentObserver | undefined;
}

/**
 * Yields each event as soon as its bytes arrive. The joined contents, with resets applied, are the answer's trimmed text.
 * The request is sent when the first event is requested. Leaving the iteration closes the connection; the workflow behind it
 * keeps running.
 *
 * @throws AgentError if the call fails, after all text received before has been yielded
 * @throws the signal's reason if it is aborted
 */
export async function* callAgent(
  request: AgentRequest,
  options: CallAgentOptions = {},
): AsyncGenerator<AgentEvent, void, undefined> {
  const { signal, observer } = options;
  signal?.throwIfAborted();
  const limits = resolveAgentLimits(options.limits);
  const quote = createErrorQuote([...secretsOf(request), request.signingSecret]);
  const sent = wireRequest(request);
  const exchange = new Exchange(
    sent,
    limits,
    options.connector ??
      sharedAgentConnector(limits.connectTimeoutMs, options.allowedHosts ?? noAllowedHosts),
  );
  const onAbort = () => exchange.close(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  let opened: AnswerParser | undefined;
  try {
    const head = await exchange.send();
    observer?.onHead?.(head.status);
    if (head.status < 200 || head.status > 299) {
      const body = await readStart(exchange, limits, head.contentType);
      throw statusFailure({
        ...head,
        body,
        url: sent.url,
        protocol: request.protocol,
        token: request.token,
        auth: request.auth,
        authHeader: request.authHeader,
        quote,
      });
    }
    const { answerField, answerNodes } = request;
    const parser = (opened = new AnswerParser({ ...head, limits, quote, answerField, answerNodes }));
    while (!parser.isDone) {
      const bytes = await exchange.read(parser.graceMs);
      if (bytes === undefined) break;
      if (bytes.length <= SMALL_BYTES) {
        for (const event of parser.push(bytes)) {
          signal?.throwIfAborted();
          yield event;
        }
        continue;
      }
      for (let start = 0; start < bytes.length && !parser.isDone; start += SLICE_BYTES) {
        await nextSlice();
        const slice = bytes.subarray(start, start + SLICE_BYTES);
        yield* paced(
          inSlice(parser, () => parser.push(slice)),
          signal,
        );
      }
    }
    signal?.throwIfAborted();
    const cut = parser.isDone ? undefined : exchange.failure;
    await nextSlice();
    yield* paced(
      inSlice(parser, () => (cut === undefined ? parser.end() : parser.cut())),
      signal,
    );
    const failure = parser.failure ?? cut;
    if (failure?.reason === 'AGENT_EMPTY_RESPONSE') throw explainEmpty({ ...request, ...head });
    if (failure !== undefined) throw failure;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    exchange.close();
    if (opened?.mode !== undefined) observer?.onMode?.(opened.mode);
  }
}

// A piece of this size is parsed at once, and unmeasured: a token is far smaller.
const SMALL_BYTES = 4_096;
const LONG_EVENT_CHARS = 32_768;
// The slowest input takes some 2 ms.
const SLICE_BYTES = 16_384;

/** Lets the event loop turn after each event of a long text: its consumers encode and store it. */
async function* paced(
  events: readonly AgentEvent[],
  signal: AbortSignal | undefined,
): AsyncGenerator<AgentEvent, void, undefined> {
  for (const event of events) {
    signal?.throwIfAborted();
    yield event;
    if (event.type === 'text' && event.content.length > LONG_EVENT_CHARS) await setImmediate();
  }
}

/** Charges the time of `work` to the answer's budget and to this turn of the event loop. */
function inSlice<Result>(parser: AnswerParser, work: () => Result): Result {
  const startedAt = performance.now();
  const cpuBefore = process.threadCpuUsage();
  try {
    return work();
  } finally {
    const { user, system } = process.threadCpuUsage(cpuBefore);
    parser.charge((user + system) / 1_000);
    endSlice(performance.now() - startedAt);
  }
}

const MAX_REFUSAL_BYTES = 65_536;

/** The start of an error response's body. It only improves the hint, so the wait is short and a failure to read it is ignored. */
async function readStart(
  exchange: Exchange,
  limits: AgentLimits,
  contentType: string | null,
): Promise<string> {
  const decoder = new TextDecoder(encodingOf(contentType));
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
