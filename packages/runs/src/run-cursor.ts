// A follower's position in a run, sent as the id of an event and returned by the client as `lastEventId`. It names the
// run, because another run may be active in the chat when the follower reconnects.

export interface RunCursor {
  runId: string;
  /**
   * The seq of the last event received, or 0 for the beginning. `saved`: the follower has the saved text, which has no
   * position in the log. `end`: it has the terminal event.
   */
  seq: number | 'saved' | 'end';
}

const pattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,9}|saved|end)$/;

export function formatRunCursor({ runId, seq }: RunCursor): string {
  return `${runId}:${seq}`;
}

/** Returns undefined for text that is not a cursor; the follower then starts from the beginning. */
export function parseRunCursor(text: string): RunCursor | undefined {
  const [, runId, seq] = pattern.exec(text) ?? [];
  if (runId === undefined || seq === undefined) return undefined;
  return { runId, seq: seq === 'saved' || seq === 'end' ? seq : Number(seq) };
}
