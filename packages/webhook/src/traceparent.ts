// W3C trace context: the trace that the message came with goes on to the agent. Without one, the run's id is the trace's, so that
// what the agent's own tracing has of a run can be found. Source: https://www.w3.org/TR/trace-context/#traceparent-header

const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\x21-\x7e]*)?$/;
const MAX_CHARS = 256;

export function traceparentOf(given: string | undefined, runId: string): string {
  if (given !== undefined && given.length <= MAX_CHARS && TRACEPARENT.test(given)) return given;
  const traceId = runId.replaceAll('-', '').toLowerCase();
  const made = `00-${traceId}-${traceId.slice(-16)}-01`;
  // A run's id is a UUID; should a caller have ids of another kind, this is a trace nobody looks for.
  return TRACEPARENT.test(made) ? made : `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00`;
}
