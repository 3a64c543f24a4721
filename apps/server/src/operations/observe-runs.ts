import type { RunsObserver } from '@parley/runs';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';

/** Logs and counts each run when it ends, with the id of the request that started it. */
export function observeRuns(logger: Logger, metrics: Metrics): RunsObserver {
  return {
    runEnded(ended) {
      metrics.runEnded(ended);
      const { run, end, durationMs, firstTextMs } = ended;
      logger.info(
        {
          runId: run.runId,
          requestId: run.requestId,
          teamId: run.teamId,
          chatId: run.chatId,
          agentId: run.agentId,
          state: end?.state ?? 'taken over by another instance',
          reason: end?.error?.reason,
          durationMs: Math.round(durationMs),
          firstTextMs: firstTextMs === undefined ? undefined : Math.round(firstTextMs),
        },
        'run ended',
      );
    },
    overloadChanged(isOverloaded) {
      if (isOverloaded) logger.warn('memory is nearly full: new messages are refused with OVERLOADED');
      else logger.info('memory is free again: new messages are accepted');
    },
    journalWritten: (lagMs) => metrics.journalWritten(lagMs),
  };
}
