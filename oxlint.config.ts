// `npm run lint`. Besides the usual rules: no import circles, types included, and packages import in one direction.
import { defineConfig, type OxlintOverride } from 'oxlint';

const PACKAGES = [
  'db',
  'webhook',
  'runs',
  'api',
  'trpc-node',
  'client',
  'server',
  'web',
  'cli',
  'demo-agent',
];

/** The packages that the files of a folder may import. Apps are in no list of a package. */
const importDirections = [
  importsOnly('packages/{db,webhook,trpc-node}/**', []),
  importsOnly('packages/runs/**', ['db', 'webhook']),
  importsOnly('packages/api/**', ['db', 'runs', 'webhook']),
  importsOnly('packages/client/src/**', [], { typesOf: 'api' }),
  importsOnly('packages/client/tests/**', ['api', 'db']),
  importsOnly('apps/web/**', ['client']),
  importsOnly('apps/cli/src/**', ['client', 'api', 'db', 'webhook', 'server']),
  importsOnly('apps/demo-agent/**', []),
];

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest'],
  categories: {
    correctness: 'error',
    suspicious: 'error',
    perf: 'error',
  },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'import/no-default-export': 'error',
    'import/no-cycle': [
      'error',
      {
        ignoreTypes: false,
      },
    ],
    'eslint/no-await-in-loop': 'off',
    'eslint/no-underscore-dangle': 'off',
    'eslint/no-unmodified-loop-condition': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'promise/always-return': 'off',
    'typescript/consistent-return': 'off',
    'vitest/expect-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/valid-expect': 'off',
    'vitest/require-to-throw-message': 'off',
    'unicorn/no-useless-spread': 'off',
  },
  overrides: [
    {
      files: ['**/vitest.config.ts', '**/vite.config.ts', 'oxlint.config.ts'],
      rules: {
        'import/no-default-export': 'off',
      },
    },
    {
      files: ['**/tests/**'],
      rules: {
        'typescript/no-unsafe-type-assertion': 'off',
      },
    },
    ...importDirections,
    {
      files: ['apps/web/src/**'],
      plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'react', 'jsx-a11y'],
      rules: {
        'react/react-in-jsx-scope': 'off',
        'react/rules-of-hooks': 'error',
        'react/exhaustive-deps': 'error',
        'import/no-unassigned-import': [
          'error',
          {
            allow: ['**/*.css'],
          },
        ],
        'jsx-a11y/prefer-tag-over-role': 'off',
        'jsx-a11y/no-noninteractive-tabindex': 'off',
      },
    },
  ],
  // The projects of examples/ have dependencies of their own, which are not installed here: `npm run test:packs` compiles them.
  ignorePatterns: ['**/generated/**', 'tests/packs/released/**', 'examples/**'],
});

function importsOnly(files: string, allowed: string[], { typesOf = '' } = {}) {
  const forbidden = PACKAGES.filter((name) => name !== typesOf && !allowed.includes(name));
  const patterns = [
    {
      regex: `^@parley/(${forbidden.join('|')})(/|$)`,
      message: 'ARCHITECTURE.md says which package may import which.',
    },
    { regex: String.raw`^(\.\./)+([a-z-]+/)+src/`, message: 'Import another package by its name.' },
  ];
  const typeImports = {
    regex: `^@parley/${typesOf}(/|$)`,
    allowTypeImports: true,
    message: 'Only types may be imported: this code runs in browsers.',
  };
  return {
    files: [files],
    rules: {
      'eslint/no-restricted-imports': [
        'error',
        { patterns: typesOf === '' ? patterns : [typeImports, ...patterns] },
      ],
    },
  } satisfies OxlintOverride;
}
