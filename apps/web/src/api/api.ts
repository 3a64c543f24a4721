// The typed client, and its state in this tab.
import { createClient } from '@parley/client';
import { createParley } from '@parley/client/react';
import { readStored, writeStored } from '../storage/stored.ts';
import { endSession } from './session.ts';

const PROBE_TIMEOUT_MS = 5_000;

export const client = createClient({ url: location.origin });

export const parley = createParley({
  client,
  storage: { read: readStored, write: writeStored },
  async probe() {
    const { ok } = await fetch('/healthz', {
      cache: 'no-store',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    return ok;
  },
  onSessionEnd: endSession,
});

export const { queryClient, trpc } = parley;
