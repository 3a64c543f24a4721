// Where we answer otherwise than tRPC's own adapter, on purpose. Each is explained in packages/trpc-node/README.md, under
// "Differences"; the body of an answer and its status never differ.

export interface KnownDifference {
  setup: string;
  /** The cases it shows in. */
  cases: readonly string[];
  differs: 'headers' | 'reports';
}

const unsendable = ['an output: proto', 'an output: bigint', 'an output: cycle'];

export const knownDifferences: readonly KnownDifference[] = [
  // responseMeta is called again for the error, and its headers are not added to those from before.
  { setup: 'with headers and a status from responseMeta', cases: unsendable, differs: 'headers' },
  { setup: 'with headers in a record from responseMeta', cases: unsendable, differs: 'headers' },
  // `info.accept` is null unless it is one that tRPC knows.
  { setup: 'with a context that knows the request', cases: ['an unknown trpc-accept'], differs: 'headers' },
  // A failed subscription is reported once, and with its path.
  { setup: 'with an error formatter that fails', cases: ['a subscription by POST'], differs: 'reports' },
  { setup: 'with a responseMeta that fails', cases: ['a subscription by POST'], differs: 'reports' },
];
