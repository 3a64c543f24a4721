// docs/operations.md explains every reason that a failed call or answer can have.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the troubleshooting of docs/operations.md has one row for each reason, and no other', async () => {
  const errors = await read('packages/api/src/errors.ts');
  const ofCalls = [...errors.matchAll(/^ {2}([A-Z_]+): '[A-Z_]+',$|\| '([A-Z_]+)'/gm)].map(
    ([, domain, other]) => domain ?? other,
  );
  const agentErrors = await read('packages/webhook/src/agent-error.ts');
  const ofAgents = [...agentErrors.matchAll(/^ {2}'([A-Z_]+)',$/gm)].map(([, reason]) => reason);
  expect(ofCalls.length).toBeGreaterThan(40);
  expect(ofAgents.length).toBeGreaterThan(9);

  const page = await read('docs/operations.md');
  const section = page.slice(page.indexOf('\n## Troubleshooting\n'));
  const explained = [...section.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, reason]) => reason);
  const ofRuns = ['RUN_CANCELED', 'RUN_INTERRUPTED'];
  expect(new Set(explained)).toEqual(new Set([...ofCalls, ...ofAgents, ...ofRuns]));
  expect(new Set(explained).size).toBe(explained.length);
});
