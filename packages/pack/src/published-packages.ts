// The packages that people outside this repository install, and what is published of them.

export interface PublishedPackage {
  /** Its folder in `packages/`. */
  dir: string;
  /** Source files by the subpath that exports them. Default: the `exports` of its package.json. */
  entries?: Record<string, string>;
  platform: 'neutral' | 'node';
  /** The oldest Node.js that its tests run on. */
  node: string;
  /** The syntax that the oldest supported runtime knows. */
  target: string;
  /** Packages that become part of its files. All others stay dependencies. */
  bundled: readonly (string | RegExp)[];
  /** Whether it needs the database's schema and migrations. */
  hasDatabase: boolean;
}

export const publishedPackages: readonly PublishedPackage[] = [
  {
    dir: 'client',
    platform: 'neutral',
    node: '>=20.3',
    target: 'es2022',
    // The types of the API; what only the client itself uses, in versions that fit into its size; and eventsource works on
    // Node 20, while its package.json asks for 22.
    bundled: [
      /^@parley\//,
      /^(eventsource|eventsource-parser|superjson|copy-anything|@trpc\/tanstack-react-query)$/,
    ],
    hasDatabase: false,
  },
  { dir: 'trpc-node', platform: 'node', node: '>=24', target: 'node24', bundled: [], hasDatabase: false },
  {
    dir: 'api',
    // In this repository, `testing` takes its databases from vitest's projects.
    entries: { '.': './src/index.ts', './testing': './src/testing/published.ts' },
    platform: 'node',
    node: '>=24',
    target: 'node24',
    // Projects outside use db, runs and webhook through api alone, so they are part of it.
    bundled: [/^@parley\//],
    hasDatabase: true,
  },
];
