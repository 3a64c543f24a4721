#!/usr/bin/env node
// The `parley` command. Node's compile cache halves the run time of a short command.
import { enableCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';

// Node's default folder is writable by every user of the machine, and Node executes what it finds there.
const cacheDir = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
enableCompileCache(path.join(cacheDir, 'parley'));
const { runParley } = await import('./run-parley.ts');

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('Interrupted.')));
// `parley chat ... | head -1` closes stdout: exit without an error.
process.stdout.once('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const { stdin, stdout, stderr, env } = process;
const streams = { stdin, stdout, stderr };
process.exitCode = await runParley(process.argv.slice(2), { ...streams, env, signal: interruption.signal });
