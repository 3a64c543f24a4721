import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from '../processes/start-worker.ts';
import type { ProfileShares } from './cpu-profile.ts';
import type { ProfileCommands } from './profile-commands.ts';

/** Profiles a server that is under load, and writes the whole profile to `file`. */
export async function profileWorker(
  server: Worker<ProfileCommands>,
  { file, windowMs }: { file: string; windowMs: number },
): Promise<ProfileShares> {
  await server.call('startProfile');
  await delay(windowMs);
  return server.call('stopProfile', file);
}
