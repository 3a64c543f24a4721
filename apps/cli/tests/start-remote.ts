// A server, and homes from which users run commands that talk to it.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestTeam, TestUser } from '@parley/api/testing';
import { runInProcess } from './run-in-process.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  json: () => unknown;
}

/** A home folder without a login, and a new team. */
export interface Home extends AsyncDisposable {
  team: TestTeam;
  dir: string;
  sessionFile: string;
  parley: (args: string[], env?: Record<string, string>) => Promise<Ended>;
  logIn: (user?: Pick<TestUser, 'email' | 'password'>, ...args: string[]) => Promise<Ended>;
}

export interface Remote extends AsyncDisposable {
  server: TestServer;
  newHome(): Promise<Home>;
}

export async function startRemote(): Promise<Remote> {
  const server = await startTestServer();
  return {
    server,
    async newHome() {
      const team = await server.api.createTeam();
      const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-cli-'));
      const sessionFile = path.join(dir, 'config', 'session.json');
      server.api.webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
      const parley: Home['parley'] = async (args, env = {}) => {
        const command = runInProcess(args, { env: { PARLEY_SESSION_FILE: sessionFile, ...env } });
        const exitCode = await command.exitCode;
        const stdout = command.stdout();
        return { exitCode, stdout, stderr: command.stderr(), json: () => JSON.parse(stdout) as unknown };
      };
      return {
        team,
        dir,
        sessionFile,
        parley,
        logIn: (user = team.admin, ...args) =>
          parley(['login', '--url', server.url, '--email', user.email, ...args], {
            PARLEY_PASSWORD: user.password,
          }),
        [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
