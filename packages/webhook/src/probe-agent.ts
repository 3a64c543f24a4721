// Calls an agent once, to tell whoever sets it up what was found.

import { AgentError } from './agent-error.ts';
import type { AgentLimits } from './agent-limits.ts';
import type { AgentRequest } from './agent-request.ts';
import { callAgent, type CallAgentOptions } from './call-agent.ts';
import type { AnswerMode } from './parse-answer.ts';

export interface AgentReport {
  /** It answered as it should. There may be warnings all the same. */
  isOk: boolean;
  /** An HTTP server answered, whatever it said. */
  isReachable: boolean;
  /** Null where that was not found out. */
  isAuthorized: boolean | null;
  status: number | null;
  mode: AnswerMode | null;
  /** Times from the start of the call, in ms. */
  firstByteMs: number | null;
  firstTextMs: number | null;
  totalMs: number;
  /** In how many pieces the text arrived. */
  pieces: number;
  /** Its start. */
  text: string;
  textChars: number;
  error: { reason: string; message: string; hint: string | null } | null;
  /** What works, and could be better. */
  warnings: string[];
  /** All of it in a sentence or two. */
  summary: string;
}

/** Somebody waits for it. */
const testLimits: Partial<AgentLimits> = {
  firstByteTimeoutMs: 30_000,
  idleTimeoutMs: 35_000,
  totalTimeoutMs: 60_000,
  connectRetries: 0,
};

const MAX_TEXT_CHARS = 2_000;

/** @throws the signal's reason when it is aborted; whatever else goes wrong is in the report */
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
  const limits = { ...testLimits, ...options.limits };
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
  return reportOf(request, found, failure, sinceStart());
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
  totalMs: number,
): AgentReport {
  const isReachable = found.status !== null;
  const warnings = warningsOf(request, found, failure);
  return {
    ...found,
    isOk: failure === undefined,
    isReachable,
    isAuthorized: isReachable ? failure?.reason !== 'AGENT_UNAUTHORIZED' : null,
    totalMs,
    text: found.text.slice(0, MAX_TEXT_CHARS).toWellFormed(),
    textChars: found.text.length,
    error:
      failure === undefined ? null : { reason: failure.reason, message: failure.message, hint: failure.hint },
    warnings,
    summary: summaryOf(found, failure, totalMs),
  };
}

const MODES: Record<AnswerMode, string> = {
  'n8n-stream': 'streams as n8n does',
  'json-lines': 'streams lines of JSON',
  sse: 'streams server-sent events',
  json: 'answers with one JSON value, at the end',
  text: 'answers with plain text',
  page: 'answers with a web page',
};

function summaryOf({ mode, firstTextMs }: Found, failure: AgentError | undefined, totalMs: number): string {
  if (failure !== undefined) return `${failure.message} ${failure.hint ?? ''}`.trim();
  const how = mode === null ? 'answers' : MODES[mode];
  return `The agent ${how}. First text after ${seconds(firstTextMs ?? totalMs)}, complete after ${seconds(totalMs)}.`;
}

const SLOW_MS = 10_000;
// A short answer may well be one piece.
const ONE_PIECE_CHARS = 40;

function warningsOf(
  { url, token, signingSecret, protocol }: AgentRequest,
  { mode, firstTextMs, pieces, text }: Found,
  failure: AgentError | undefined,
): string[] {
  const warnings: string[] = [];
  const target = URL.parse(url);
  if (target?.pathname.includes('/webhook-test/')) {
    warnings.push(
      'This is an n8n test address, which answers only while the editor listens. Store the production address (/webhook/ instead of /webhook-test/).',
    );
  }
  if (target?.protocol === 'http:' && token && !isLoopback(target.hostname)) {
    warnings.push('The token goes over the network unencrypted: use an https:// address.');
  }
  if (target?.protocol === 'http:' && !token && !signingSecret && !isLoopback(target.hostname)) {
    warnings.push('The conversations go over the network unencrypted: use an https:// address.');
  }
  if (failure !== undefined) return warnings;
  const isWhole = mode === 'json' || (pieces === 1 && text.length > ONE_PIECE_CHARS);
  if (isWhole) {
    warnings.push(
      protocol === 'openai'
        ? 'It answered only at the end: let it stream ("stream" in its config is true unless told otherwise).'
        : 'It answered only at the end. In n8n, set Respond to Streaming in the Webhook or Chat Trigger node, and turn on Enable Streaming in the AI Agent node.',
    );
  }
  if (firstTextMs !== null && firstTextMs > SLOW_MS) {
    warnings.push(
      `The first text took ${seconds(firstTextMs)}. Users wait that long before they see anything.`,
    );
  }
  return warnings;
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1_000 ? 2 : 1)} s`;
}
