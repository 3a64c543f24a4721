#!/usr/bin/env node
// The `parley` command. What it loads is compiled once and kept: that is half of what a short command takes.
import { enableCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';

// Not in the folder that Node would take, which is everybody's: what is in it is run.
const cacheDir = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
enableCompileCache(path.join(cacheDir, 'parley'));
await import('./run-parley.ts');
