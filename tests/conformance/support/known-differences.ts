// Intended differences from tRPC's own adapter. packages/trpc-node/README.md explains each under "Differences". The status and
// the body of a response never differ.

export interface KnownDifference {
  setup: string;
  /** The affected requests. */
  cases: readonly string[];
  differs: 'headers' | 'reports';
}

const unsendable = ['an output: proto', 'an output: bigint', 'an output: cycle'];

export const knownDifferences: readonly KnownDifference[] = [
  // responseMeta is called again for the error, and its headers replace those of the first call.
  { setup: 'with headers and a status from responseMeta', cases: unsendable, differs: 'headers' },
  { setup: 'with headers in a record from responseMeta', cases: unsendable, differs: 'headers' },
  // `info.accept` is null for a value that tRPC does not know.
  { setup: 'with a context that knows the request', cases: ['an unknown trpc-accept'], differs: 'headers' },
  // A failed subscription is reported once, with its path.
  { setup: 'with an error formatter that fails', cases: ['a subscription by POST'], differs: 'reports' },
  { setup: 'with a responseMeta that fails', cases: ['a subscription by POST'], differs: 'reports' },
];
