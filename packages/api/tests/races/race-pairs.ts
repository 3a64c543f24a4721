// Every pair of mutations on a shared object at the same moment, on several instances: each call succeeds or is refused
// with an error that its documentation names, and the rows that are left agree with each other.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DomainError } from '../../src/errors.ts';
import { errorsOf } from '../../src/rest/openapi-errors.ts';
import { listRestRoutes } from '../../src/rest/rest-routes.ts';
import { appRouter } from '../../src/root.ts';
import { findBrokenInvariants, type Answer } from './invariants.ts';
import { nameOf, pairsOn, type Move, type SharedObject } from './moves.ts';
import { createStage, startCluster, type Cluster, type Stage } from './stage.ts';

const ROUNDS = process.env['CI'] ? 50 : 5;
/** Rounds that are played at once: one has three callers on each side, the others have one. */
const CALLERS_OF_ROUND = [6, 2, 2, 2, 2];
const INSTANCES = 3;
const PAIR_TIMEOUT_MS = 120_000;

const documented = new Map(
  listRestRoutes(appRouter).map((route) => [
    route.procedurePath,
    new Set(errorsOf(route).map(({ reason }) => reason)),
  ]),
);
/** Documented, but always a bug. */
const bugs = new Set(['INTERNAL_ERROR', 'INVALID_INPUT', 'DATABASE_UNAVAILABLE']);

/** Registers a test for every pair of mutations on these objects. Each file of tests takes some, so that they run in parallel. */
export function racePairsOn(...objects: SharedObject[]): void {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster(INSTANCES);
  });

  afterAll(() => cluster[Symbol.asyncDispose]());

  describe.each(objects)('on a shared %s', (object) => {
    const pairs = pairsOn(object).map((pair) => ({ pair, title: pair.map(nameOf).join(' beside ') }));

    test.each(pairs)(
      '$title: documented answers only, and rows that agree',
      async ({ pair }) => {
        for (let round = 0; round < ROUNDS; round += CALLERS_OF_ROUND.length) {
          await Promise.all(CALLERS_OF_ROUND.map((callers) => playRound(cluster, pair, callers)));
        }
        expect(cluster.errors.splice(0)).toEqual([]);
      },
      PAIR_TIMEOUT_MS,
    );
  });
}

async function playRound(cluster: Cluster, pair: [Move, Move], callers: number): Promise<void> {
  const stage = await createStage(cluster);
  const answers = await Promise.all(
    Array.from({ length: callers }, (_, index) => {
      const move = pair[index % pair.length] ?? pair[0];
      return call(cluster, move, stage, index);
    }),
  );
  expect(answers.filter(isUndocumented)).toEqual([]);
  await allRunsEnded(cluster, stage.team.id);
  expect(await findBrokenInvariants(cluster.api.db, stage, answers)).toEqual([]);
}

async function call(cluster: Cluster, move: Move, stage: Stage, index: number): Promise<Answer> {
  const instance = cluster.instances[index % cluster.instances.length];
  if (instance === undefined) throw new Error('there is no such instance');
  const { callerWith } = instance;
  const turn = { stage, callerWith, admin: callerWith(stage.admin), member: callerWith(stage.member) };
  try {
    return { move, reason: null, output: await move.call(turn) };
  } catch (error) {
    return { move, reason: error instanceof DomainError ? error.reason : String(error), output: null };
  }
}

function isUndocumented({ move, reason }: Answer): boolean {
  if (reason === null) return false;
  return bugs.has(reason) || documented.get(move.path)?.has(reason) !== true;
}

async function allRunsEnded(cluster: Cluster, teamId: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer as count from runs where team_id = ${teamId} and state = 'running'
      `.execute(cluster.api.db);
      expect(rows).toEqual([{ count: 0 }]);
    },
    { timeout: 20_000, interval: 20 },
  );
}
