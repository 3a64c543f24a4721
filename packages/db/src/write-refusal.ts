// Recognizes a database that answers reads and refuses writes.

/** By SQLSTATE. */
const refusals: ReadonlyMap<string, string> = new Map([
  ['53100', 'its disk is full'],
  ['53200', 'it is out of memory'],
  ['53400', 'a limit of its configuration is exceeded'],
  ['25006', 'it is read-only'],
  ['58030', 'its disk fails'],
]);

export interface WriteRefusal {
  /** The SQLSTATE. */
  code: string;
  /** Completes a sentence, such as "its disk is full". */
  because: string;
}

/** Receives the results of statements that write. */
export interface WriteObserver {
  refused(refusal: WriteRefusal): void;
  /** Called for every write that succeeds, so it must be cheap. */
  accepted(): void;
}

/** Returns undefined for any other error. */
export function findWriteRefusal(error: unknown): WriteRefusal | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const because = refusals.get(code);
  return because === undefined ? undefined : { code, because };
}
