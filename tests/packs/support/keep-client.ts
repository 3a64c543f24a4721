// Keeps the client of a version for wire.test.ts, at each release:
//   node tests/packs/support/keep-client.ts 0.2.0 [the folder of the client's package]
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const [version, source = fileURLToPath(new URL('../../../packages/client', import.meta.url))] =
  process.argv.slice(2);
if (version === undefined) throw new Error('Name the version: keep-client.ts 0.2.0');
await build({
  input: `${source}/src/index.ts`,
  platform: 'neutral',
  // What the packages that it imports have for bundlers.
  resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'default'] },
  output: {
    file: fileURLToPath(new URL(`../released/client-${version}.js`, import.meta.url)),
    minify: true,
    codeSplitting: false,
  },
});
