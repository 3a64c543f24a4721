import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the demo agent at once with exit code 0, even during an answer',
  async (signal) => {
    const child = endWithParent(spawn(process.execPath, [main, '--port', '0']));
    const [banner] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const url = /http:\S+\/demo\/n8n/.exec(banner)?.[0] ?? '';
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chatInput: 'long', config: { token_delay_ms: 1000 } }),
    });
    expect(response.status).toBe(200);

    const signaledMs = performance.now();
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(performance.now() - signaledMs).toBeLessThan(900);
    await expect(response.text()).rejects.toThrow('terminated');
  },
);

test.each([
  [['--port', '70000'], '--port must be a number'],
  [['--prot', '1'], "Unknown option '--prot'"],
])('the arguments %j are refused with a reason and exit code 1', async (args, reason) => {
  const child = endWithParent(spawn(process.execPath, [main, ...args]));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (data: string) => (said += data));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(1);
  expect(said).toContain(reason);
});
