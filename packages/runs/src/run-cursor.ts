// The position of a follower in a run, as it travels: the id of an event, which comes back as `lastEventId`.
// It names the run, because a chat may have another active run by the time that a follower reconnects.

export interface RunCursor {
  runId: string;
  /**
   * The seq of the last event received; 0 is before the first. `saved`: the text as it was saved was received, which is no
   * place in the log. `end`: the terminal event was received.
   */
  seq: number | 'saved' | 'end';
}

const pattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,9}|saved|end)$/;

export function formatRunCursor({ runId, seq }: RunCursor): string {
  return `${runId}:${seq}`;
}

/** `undefined` for what is no cursor of ours: a follower with a broken cursor starts from the beginning. */
export function parseRunCursor(text: string): RunCursor | undefined {
  const [, runId, seq] = pattern.exec(text) ?? [];
  if (runId === undefined || seq === undefined) return undefined;
  return { runId, seq: seq === 'saved' || seq === 'end' ? seq : Number(seq) };
}
