// Whether an open or a lost stream keeps a process alive, tested with child processes.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createTestApi, type TestApi } from '@parley/api/testing';
import { endWithParent } from '@parley/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { logIn, type TestLogin } from './test-login.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

test.each([
  ['break', 'One|end'],
  ['abort', 'One|aborted by the program|end'],
])('after %s, no open handle keeps the process alive', async (what, output) => {
  await using server = await startTestServer(api.services);
  const login = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two'], () => gate.promise);
  const program = startProgram(server, login, what);
  await vi.waitFor(() => expect(program.output()).toBe(output), 10_000);
  const endedMs = performance.now();
  await program.exit;
  expect(performance.now() - endedMs).toBeLessThan(1_000);
  await vi.waitFor(() => expect(server.openStreams).toBe(0));
  gate.resolve();
});

test('a program that loses its connection stays alive, reconnects and receives the rest', async () => {
  await using server = await startTestServer(api.services);
  const login = await logIn(api, server);
  const gate = Promise.withResolvers<void>();
  api.webhook.answerTokens(['One', ' two'], () => gate.promise);
  // The first stream breaks before its first event: at that moment, tRPC has no timer running.
  server.intercept('chat.stream', (request) => request.socket.destroy());
  const program = startProgram(server, login, 'read');
  await vi.waitFor(() => expect(program.output()).toBe('One'), 10_000);
  server.cutConnections();
  gate.resolve();
  expect(await program.exit).toBe(0);
  expect(program.output()).toBe('One two|end');
});

interface Program {
  output: () => string;
  exit: Promise<number | null>;
}

function startProgram(server: TestServer, { team, chatId }: TestLogin, what: string): Program {
  const program = fileURLToPath(new URL('processes/follow-until-exit.ts', import.meta.url));
  const { email, password } = team.user;
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [program, server.url, email, password, chatId, what],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  endWithParent(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => (output += data));
  const exit = once(child, 'close').then(() => child.exitCode);
  return { output: () => output, exit };
}
