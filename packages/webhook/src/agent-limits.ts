// Time and size limits of a call. Every wait and every buffer in this package is bounded by one of them.

export interface AgentLimits {
  /** Of one attempt to connect, name lookup and TLS handshake included. */
  connectTimeoutMs: number;
  /** Retries of a failed connection. Nothing has been sent at that point, so the workflow cannot run twice. */
  connectRetries: number;
  /** Delay before the first retry; the second waits twice as long, and so on. */
  connectRetryDelayMs: number;
  /** From the sent request to the answer's headers. An n8n workflow that does not stream is silent until it ends. */
  firstByteTimeoutMs: number;
  /** Between two reads of the answer. n8n sends a keepalive every 30 s while a workflow runs. */
  idleTimeoutMs: number;
  totalTimeoutMs: number;
  /** Maximum silence of an n8n stream after an error of the node that was answering. Such a stream may never end by itself. */
  errorGraceMs: number;
  /**
   * Maximum silence after an error of another node, such as a tool: the agent may continue when its other tools are done.
   * Longer than the 30 s between two keepalives of n8n, so that a running workflow is never cut off.
   */
  toolErrorGraceMs: number;
  /** Size of the answer's text in UTF-8. */
  maxTextBytes: number;
  /** Length in UTF-16 units of one JSON value, line or event, which is buffered until it is complete. JSON escapes some characters. */
  maxFrameChars: number;
  /**
   * Size of the body, compressed and decompressed, keep-alives and comments included. Streams wrap a few bytes of text in some 170
   * to 300 bytes of JSON.
   */
  maxBodyBytes: number;
  /** CPU time to parse the answer. A stream of 100,000 tokens takes 0.3 s. Pieces of less than 4 KB count as nothing. */
  maxParseMs: number;
}

export const defaultAgentLimits: Readonly<AgentLimits> = {
  connectTimeoutMs: 5_000,
  connectRetries: 2,
  connectRetryDelayMs: 300,
  firstByteTimeoutMs: 5 * 60_000,
  idleTimeoutMs: 5 * 60_000,
  totalTimeoutMs: 30 * 60_000,
  errorGraceMs: 5_000,
  toolErrorGraceMs: 35_000,
  maxTextBytes: 4 * 1024 * 1024,
  maxFrameChars: 8 * 1024 * 1024,
  maxBodyBytes: 128 * 1024 * 1024,
  maxParseMs: 5_000,
};

/** The range of the limits that an agent or the environment may set. The table `agents` has the same. */
export const agentLimitRanges = {
  firstByteTimeoutMs: { min: 1_000, max: 60 * 60_000 },
  idleTimeoutMs: { min: 1_000, max: 60 * 60_000 },
  totalTimeoutMs: { min: 1_000, max: 4 * 60 * 60_000 },
  maxTextBytes: { min: 1_000, max: 8 * 1024 * 1024 },
} as const satisfies Partial<Record<keyof AgentLimits, { min: number; max: number }>>;

/** The limits that an agent or the environment may set. */
export type AdjustableLimit = keyof typeof agentLimitRanges;

// Node fires a timer with a longer delay immediately.
const MAX_DELAY_MS = 2 ** 31 - 1;

/** @throws RangeError for a limit that is not a whole number in its range; an accepted 0 would mean "no limit" */
export function resolveAgentLimits(given: Partial<AgentLimits> = {}): AgentLimits {
  const limits = { ...defaultAgentLimits, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const least = name === 'connectRetries' ? 0 : 1;
    if (!Number.isInteger(value) || value < least || value > MAX_DELAY_MS) {
      throw new RangeError(`${name} must be a whole number from ${least} to ${MAX_DELAY_MS}, not ${value}`);
    }
  }
  return limits;
}
