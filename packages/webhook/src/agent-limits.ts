// How long an agent may take and how much it may say. Every wait and every buffer in this package is bounded by one of these.

export interface AgentLimits {
  /** From the attempt to connect to an open connection, name lookup and TLS included. */
  connectTimeoutMs: number;
  /** Further attempts when the connection could not be made. Nothing has been sent by then, so nothing runs twice. */
  connectRetries: number;
  /** Before the first further attempt; twice that before the second, and so on. */
  connectRetryDelayMs: number;
  /** From the sent request to the answer's headers. */
  firstByteTimeoutMs: number;
  /** Between two reads of the answer. n8n sends a keepalive every 30 s while a workflow is alive. */
  idleTimeoutMs: number;
  totalTimeoutMs: number;
  /** How long an n8n stream may stay silent after an error of the node that was answering. It may never end by itself. */
  errorGraceMs: number;
  /**
   * The same after an error of another node, such as a tool: the agent may go on when its other tools are done. Longer
   * than n8n's 30 s between keepalives, so a workflow that is alive has been heard by then.
   */
  toolErrorGraceMs: number;
  /** UTF-8 bytes of text. */
  maxTextBytes: number;
  /** Of one JSON value, line or event, which have to be held whole before they can be read; in UTF-16 code units. JSON may take 6 for one. */
  maxFrameChars: number;
  /** Of the whole body, decompressed. Streams wrap a few bytes of text in some 170 of JSON. */
  maxBodyBytes: number;
}

export const defaultAgentLimits: Readonly<AgentLimits> = {
  connectTimeoutMs: 5_000,
  connectRetries: 2,
  connectRetryDelayMs: 300,
  firstByteTimeoutMs: 60_000,
  idleTimeoutMs: 120_000,
  totalTimeoutMs: 15 * 60_000,
  errorGraceMs: 5_000,
  toolErrorGraceMs: 35_000,
  maxTextBytes: 4 * 1024 * 1024,
  maxFrameChars: 16 * 1024 * 1024,
  maxBodyBytes: 256 * 1024 * 1024,
};

// Node fires a timer with a longer delay at once.
const MAX_DELAY_MS = 2 ** 31 - 1;

/** @throws RangeError on a limit that is not a whole number in its range; a silent zero would mean "no limit". */
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
