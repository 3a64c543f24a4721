import type { WriteObserver } from '@parley/db';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';

/** On a full disk, some writes still fit into free pages. */
const STEADY_MS = 10_000;

/** Counts the writes that the database refuses, and logs once when refusals begin and once when they have ended. */
export function watchWrites(logger: Logger, metrics: Metrics): WriteObserver {
  let refusedAt: number | undefined;
  return {
    refused({ code, because }) {
      metrics.writeRefused(code);
      if (refusedAt === undefined) logger.error({ code }, `the database refuses writes: ${because}`);
      refusedAt = performance.now();
    },
    accepted() {
      if (refusedAt === undefined || performance.now() - refusedAt < STEADY_MS) return;
      refusedAt = undefined;
      logger.info('the database accepts writes again');
    },
  };
}
