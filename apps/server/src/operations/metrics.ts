// The Prometheus metrics. Labels have few and fixed values: procedures and codes, states and reasons, routes and statuses.
// Client input, teams, users and texts never become labels.
import type { ServerResponse } from 'node:http';
import type { ObservedCall, RateLimitName } from '@parley/api';
import type { PoolUsage } from '@parley/db';
import type { EndedRun } from '@parley/runs';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** All metrics in Prometheus' text format. */
  read(): Promise<string>;
  readonly contentType: string;
  callEnded(call: ObservedCall): void;
  responseOpened(response: ServerResponse): void;
  responseEnded(response: ServerResponse, ended: { route: string; status: number }): void;
  runEnded(ended: EndedRun): void;
  journalWritten(lagMs: number): void;
  rateLimited(name: RateLimitName): void;
  /** @param code SQLSTATE */
  writeRefused(code: string): void;
  /** Sets the sources of the gauges that are read with each scrape. */
  watch(sources: MetricsSources): void;
}

export interface MetricsSources {
  runs: { readonly activeRuns: number; readonly isOverloaded: boolean; readonly journalLagMs: number };
  /** Returns undefined for the embedded database, which has no pool. */
  readPool: () => PoolUsage | undefined;
}

const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const FIRST_TEXT_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
const RUN_SECONDS = [0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 900];
const LAG_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  // Gauges with a counter's name, which promtool rejects. They repeat the sums of gauges that stay.
  for (const kind of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);

  const calls = new Counter({
    name: 'parley_calls_total',
    help: 'Procedure calls, by result: OK or the error code.',
    labelNames: ['procedure', 'code'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'parley_call_duration_seconds',
    help: 'Duration of procedure calls; for a stream, until it opened.',
    labelNames: ['procedure'],
    buckets: CALL_SECONDS,
    registers,
  });
  const responses = new Counter({
    name: 'parley_http_responses_total',
    help: 'HTTP responses, by route and status.',
    labelNames: ['route', 'status'],
    registers,
  });
  const limited = new Counter({
    name: 'parley_rate_limited_total',
    help: 'Calls refused by a rate limit.',
    labelNames: ['limit'],
    registers,
  });
  const refusedWrites = new Counter({
    name: 'parley_database_write_failures_total',
    help: 'Statements that the database refused because its disk is full or it is read-only, by SQLSTATE.',
    labelNames: ['code'],
    registers,
  });
  // Counted at each scrape, so that streams cost no more than other responses.
  const open = new Set<ServerResponse>();
  registry.registerMetric(
    new Gauge({
      name: 'parley_active_streams',
      help: 'Open event streams.',
      registers: [],
      collect() {
        this.set([...open].filter(isStream).length);
      },
    }),
  );
  const runs = new Counter({
    name: 'parley_runs_total',
    help: 'Ended runs, by state and failure reason; state "taken_over": another instance ended the run.',
    labelNames: ['state', 'reason'],
    registers,
  });
  const runSeconds = new Histogram({
    name: 'parley_run_duration_seconds',
    help: 'Time from the start of a run to its end.',
    buckets: RUN_SECONDS,
    registers,
  });
  const firstTextSeconds = new Histogram({
    name: 'parley_run_first_token_seconds',
    help: 'Time from the start of a run to the first text of its answer.',
    buckets: FIRST_TEXT_SECONDS,
    registers,
  });
  const journalSeconds = new Histogram({
    name: 'parley_journal_write_lag_seconds',
    help: 'Age of the oldest event of a journal write when it was saved.',
    buckets: LAG_SECONDS,
    registers,
  });

  return {
    read: () => registry.metrics(),
    contentType: registry.contentType,
    callEnded({ path, code, durationMs }) {
      calls.inc({ procedure: path, code });
      callSeconds.observe({ procedure: path }, durationMs / 1000);
    },
    responseOpened: (response) => void open.add(response),
    responseEnded(response, { route, status }) {
      open.delete(response);
      responses.inc({ route, status });
    },
    runEnded({ end, durationMs, firstTextMs }) {
      runs.inc({ state: end?.state ?? 'taken_over', reason: end?.error?.reason ?? '' });
      runSeconds.observe(durationMs / 1000);
      if (firstTextMs !== undefined) firstTextSeconds.observe(firstTextMs / 1000);
    },
    journalWritten: (lagMs) => journalSeconds.observe(lagMs / 1000),
    rateLimited: (limit) => limited.inc({ limit }),
    writeRefused: (code) => refusedWrites.inc({ code }),
    watch: (sources) => watch(registry, sources),
  };
}

function isStream(response: ServerResponse): boolean {
  return response.headersSent && String(response.getHeader('content-type')).startsWith('text/event-stream');
}

function watch(registry: Registry, { runs, readPool }: MetricsSources): void {
  registry.registerMetric(
    new Gauge({
      name: 'parley_active_runs',
      help: 'Runs that this instance is executing.',
      registers: [],
      collect() {
        this.set(runs.activeRuns);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'parley_overloaded',
      help: '1 while this instance refuses new runs because its memory is nearly full.',
      registers: [],
      collect() {
        this.set(runs.isOverloaded ? 1 : 0);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'parley_journal_lag_seconds',
      help: 'Age of the oldest event that this instance has received but not saved.',
      registers: [],
      collect() {
        this.set(runs.journalLagMs / 1000);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'parley_database_connections',
      help: 'Connections of the pool, and statements waiting for one.',
      labelNames: ['state'],
      registers: [],
      collect() {
        const pool = readPool();
        if (pool === undefined) return;
        this.set({ state: 'busy' }, pool.total - pool.idle);
        this.set({ state: 'idle' }, pool.idle);
        this.set({ state: 'waiting' }, pool.waiting);
      },
    }),
  );
}
