// Calls an agent once and reports what an admin needs to set it up.

import { AgentError } from './agent-error.ts';
import { resolveAgentLimits, type AdjustableLimit, type AgentLimits } from './agent-limits.ts';
import type { AgentRequest } from './agent-request.ts';
import { callAgent, type CallAgentOptions } from './call-agent.ts';
import { addressHint } from './agent-url.ts';
import type { AnswerMode } from './parse-answer.ts';

export interface AgentReport {
  /** Whether the agent answered without an error. There may be warnings nevertheless. */
  isOk: boolean;
  /** Whether an HTTP server answered, with any status. */
  isReachable: boolean;
  /** Null if nothing checked the credentials, or if there are none. */
  isAuthorized: boolean | null;
  status: number | null;
  mode: AnswerMode | null;
  /** Times from the start of the call, in ms. */
  firstByteMs: number | null;
  firstTextMs: number | null;
  totalMs: number;
  /** The limits of the call that an agent can set. */
  limits: Pick<AgentLimits, AdjustableLimit>;
  /** The number of pieces in which the text arrived. */
  pieces: number;
  /** The start of the text. */
  text: string;
  textChars: number;
  error: { reason: string; message: string; hint: string | null } | null;
  /** Problems that do not prevent an answer. */
  warnings: string[];
  /** The result in one or two sentences. */
  summary: string;
}

const MAX_TEXT_CHARS = 2_000;

/** @throws the signal's reason if it is aborted; every other failure is part of the report */
export async function probeAgent(
  request: AgentRequest,
  options: CallAgentOptions = {},
): Promise<AgentReport> {
  const startedAt = performance.now();
  const sinceStart = () => Math.round(performance.now() - startedAt);
  const found: Found = {
    status: null,
    mode: null,
    firstByteMs: null,
    firstTextMs: null,
    pieces: 0,
    text: '',
  };
  let failure: AgentError | undefined;
  const observer = {
    onHead: (status: number) => Object.assign(found, { status, firstByteMs: sinceStart() }),
    onMode: (mode: AnswerMode) => Object.assign(found, { mode }),
  };
  // An admin who tests a new address should learn at once that nothing listens there.
  const limits = resolveAgentLimits({ ...options.limits, connectRetries: 0 });
  try {
    for await (const event of callAgent(request, { ...options, limits, observer })) {
      if (event.type !== 'text') continue;
      found.text = event.reset === true ? event.content : found.text + event.content;
      found.firstTextMs ??= sinceStart();
      found.pieces++;
    }
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    failure = error;
  }
  return reportOf(request, found, failure, { totalMs: sinceStart(), limits });
}

interface Found {
  status: number | null;
  mode: AnswerMode | null;
  firstByteMs: number | null;
  firstTextMs: number | null;
  pieces: number;
  text: string;
}

function reportOf(
  request: AgentRequest,
  found: Found,
  failure: AgentError | undefined,
  { totalMs, limits }: { totalMs: number; limits: AgentLimits },
): AgentReport {
  const isReachable = found.status !== null;
  const warnings = warningsOf(request, found, failure);
  return {
    ...found,
    isOk: failure === undefined,
    isReachable,
    isAuthorized: isAuthorized(request, found, failure),
    totalMs,
    limits: pickAdjustable(limits),
    text: found.text.slice(0, MAX_TEXT_CHARS).toWellFormed(),
    textChars: found.text.length,
    error:
      failure === undefined ? null : { reason: failure.reason, message: failure.message, hint: failure.hint },
    warnings,
    summary: summaryOf(found, failure, totalMs),
  };
}

/** A proxy, a redirect or a missing workflow answers before anything checks the credentials. */
function isAuthorized(
  { token }: AgentRequest,
  { status }: Found,
  failure: AgentError | undefined,
): boolean | null {
  if (failure?.reason === 'AGENT_UNAUTHORIZED') return false;
  const isChecked = Boolean(token) && status !== null && ((status >= 200 && status < 300) || status === 500);
  return isChecked ? true : null;
}

function pickAdjustable({
  firstByteTimeoutMs,
  idleTimeoutMs,
  totalTimeoutMs,
  maxTextBytes,
}: AgentLimits): AgentReport['limits'] {
  return { firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, maxTextBytes };
}

const MODES: Record<AnswerMode, string> = {
  'n8n-stream': 'streams as n8n does',
  'json-lines': 'streams lines of JSON',
  sse: 'streams server-sent events',
  json: 'answers with one JSON value at the end',
  text: 'answers with plain text',
  page: 'answers with a web page',
};

function summaryOf({ mode, firstTextMs }: Found, failure: AgentError | undefined, totalMs: number): string {
  if (failure !== undefined) return `${failure.message} ${failure.hint ?? ''}`.trim();
  const how = mode === null ? 'answers' : MODES[mode];
  return `The agent ${how}. First text after ${seconds(firstTextMs ?? totalMs)}, complete after ${seconds(totalMs)}.`;
}

const SLOW_MS = 10_000;
// A short answer may arrive in one piece even if the agent streams.
const ONE_PIECE_CHARS = 40;

function warningsOf(
  { url, token, signingSecret, protocol }: AgentRequest,
  { mode, firstTextMs, pieces, text }: Found,
  failure: AgentError | undefined,
): string[] {
  const warnings: string[] = [];
  const target = URL.parse(url);
  const hint = target === null ? undefined : addressHint(target);
  if (hint !== undefined) warnings.push(hint);
  if (target?.protocol === 'http:' && token && !isLoopback(target.hostname)) {
    warnings.push('The token is sent over the network unencrypted: use an https:// address.');
  }
  if (target?.protocol === 'http:' && !token && !signingSecret && !isLoopback(target.hostname)) {
    warnings.push('The conversations are sent over the network unencrypted: use an https:// address.');
  }
  if (failure !== undefined) return warnings;
  const isWhole = mode === 'json' || (pieces === 1 && text.length > ONE_PIECE_CHARS);
  if (isWhole) {
    warnings.push(
      protocol === 'openai'
        ? 'The agent answered only at the end. Let it stream: do not set "stream" to false in its config.'
        : 'The agent answered only at the end. In n8n, set Respond to Streaming in the Webhook or Chat Trigger node, and turn on Enable Streaming in the AI Agent node.',
    );
  }
  if (firstTextMs !== null && firstTextMs > SLOW_MS) {
    warnings.push(`The first text arrived after ${seconds(firstTextMs)}. Users see nothing until then.`);
  }
  return warnings;
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1_000 ? 2 : 1)} s`;
}
