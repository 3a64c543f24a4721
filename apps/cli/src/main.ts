#!/usr/bin/env node
// The `parley` command. Node's compile cache halves the run time of a short command.
import { enableCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';

// Node's default folder is writable by every user of the machine, and Node executes what it finds there.
const cacheDir = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
enableCompileCache(path.join(cacheDir, 'parley'));
await import('./run-parley.ts');
