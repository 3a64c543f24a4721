// Calls every procedure as every kind of caller, with the ids of other users' and teams' objects: nothing foreign is read or changed,
// and the response is the one for an id that does not exist.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appRouter, listRestRoutes, type ProcedureMeta } from '@parley/api';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { procedurePaths } from '../procedure-paths.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';
import { callAlone, callInBatch, callOverRest, type Call, type Outcome } from './attempt.ts';
import { fixtures, inputOf, sharedInTeam, type Fixture } from './fixtures.ts';
import { createObjects, missingObjects, type Objects, type OwnedObjects } from './objects.ts';
import { accessOfPrincipal, createPrincipal, type Principal, type PrincipalName } from './principals.ts';
import { readRowsOfTeam, readRowsOfUser } from './rows.ts';

const types = ['query', 'mutation', 'subscription'] as const;
const procedures = types.flatMap((type) => procedurePaths(type).map((path) => ({ path, type })));

const routes = new Map(listRestRoutes(appRouter).map((route) => [route.procedurePath, route]));

const principalNames = Object.keys(accessOfPrincipal) as PrincipalName[];
const mayCall = (name: PrincipalName, { access }: Fixture): boolean =>
  accessOfPrincipal[name].some((allowed) => allowed === access);
/** The principals with a valid credential. */
const liveNames = principalNames.filter((name) =>
  accessOfPrincipal[name].some((access) => access === 'read'),
);

let server: TestServer;
const principals = new Map<PrincipalName, Principal>();
let ofPeer: OwnedObjects;
let ofOtherTeam: OwnedObjects;
let victims: unknown;
let attempts = 0;
let succeeded = 0;

beforeAll(async () => {
  server = await startTestServer();
  const { api } = server;
  api.webhook.answer((response) => void response.writeHead(500).end('out of order'));
  const team = await api.createTeam();
  for (const name of principalNames) principals.set(name, await createPrincipal(api, team, name));
  ofPeer = await createObjects(api, team, await team.createUser());
  const otherTeam = await api.createTeam();
  ofOtherTeam = await createObjects(api, otherTeam, otherTeam.user);
  victims = await readVictims();
}, 120_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test('the matrix has a row for every procedure, and no other rows', () => {
  expect(Object.keys(fixtures).toSorted()).toEqual(procedures.map(({ path }) => path).toSorted());
});

test('every procedure declares the access that its fixture expects', () => {
  const anyRouter: AnyTRPCRouter = appRouter;
  const declared = Object.entries<AnyTRPCProcedure>(anyRouter._def.procedures).map(([path, { _def }]) => {
    const { access, scope }: ProcedureMeta = _def.meta ?? {};
    return [path, scope ?? (access === 'cookie' ? 'keyless' : access)];
  });
  const expected = Object.entries(fixtures).map(([path, { access }]) => [path, access]);
  expect(Object.fromEntries(declared)).toEqual({
    ...Object.fromEntries(expected),
    // It needs a live session, but no access token.
    'auth.refresh': 'keyless',
  });
});

test('the data that the attempts are compared with contain the canaries of both victims', () => {
  for (const { canary } of [ofPeer, ofOtherTeam]) expect(JSON.stringify(victims)).toContain(canary);
});

describe.each(principalNames)('%s', (name) => {
  test.each(procedures)(
    'reads and changes nothing of another user or team by $path',
    async ({ path, type }) => {
      const principal = getPrincipal(name);
      const fixture = getFixture(path);
      for (const way of waysToCall(path, type)) {
        const answer = (objects: Objects): Promise<Outcome> => {
          attempts += 1;
          const input = inputOf(fixture, objects, principal);
          return way(server.url, { path, type, input, headers: principal.headers });
        };
        if (!mayCall(name, fixture)) {
          for (const objects of [principal.own, ofPeer, ofOtherTeam, missingObjects()]) {
            expectRefused(await answer(objects), principal);
          }
          continue;
        }
        for (const { objects, missing } of foreignTargets(fixture, principal.own)) {
          const [foreign, none] = [await answer(objects), await answer(missing)];
          expectNothingFound(foreign, type);
          expect(shapeOf(foreign, objects), 'a foreign id is answered otherwise than a missing one').toBe(
            shapeOf(none, missing),
          );
        }
      }
    },
  );
});

test('the data of the other user and the other team are unchanged after more than 2,000 attempts', async () => {
  expect(await readVictims()).toEqual(victims);
  expect(succeeded).toBe(0);
  expect(attempts).toBeGreaterThan(2_000);
});

describe.each(liveNames)('%s, with an own object', (name) => {
  const allowed = procedures.filter(({ path }) => mayCall(name, getFixture(path)));

  test.each(allowed)('may call $path', async (procedure) => {
    const outcome = await callOnOwnThings(name, procedure, callAlone);
    expect(outcome.isOk, outcome.body).toBe(true);
  });

  test.each(allowed.filter(({ path }) => routes.has(path)))(
    'may call the REST route of $path',
    async (procedure) => {
      const route = routes.get(procedure.path);
      if (route === undefined) throw new Error(`${procedure.path} has no route`);
      const outcome = await callOnOwnThings(name, procedure, (url, call) => callOverRest(url, route, call));
      expect(outcome.isOk, outcome.body).toBe(true);
    },
  );
});

type Way = (url: string, call: Call) => Promise<Outcome>;

/** The transports of the procedure: tRPC alone, tRPC in a batch, and REST. */
function waysToCall(path: string, type: Call['type']): Way[] {
  const ways: Way[] = [callAlone];
  // Batches carry no streams, no forms, and no procedures that set cookies.
  const isForm = getFixture(path).isForm === true;
  if (type !== 'subscription' && !path.startsWith('auth.') && !isForm) ways.push(callInBatch);
  const route = routes.get(path);
  if (route !== undefined) ways.push((url, call) => callOverRest(url, route, call));
  return ways;
}

/** Each change gets a team with new objects, since it may end what another call needs. Reads share the principal's objects. */
async function callOnOwnThings(
  name: PrincipalName,
  { path, type }: Pick<Call, 'path' | 'type'>,
  way: Way,
): Promise<Outcome> {
  const principal = type === 'mutation' ? await createNewPrincipal(name) : getPrincipal(name);
  const input = inputOf(getFixture(path), principal.own, principal);
  return way(server.url, { path, type, input, headers: principal.headers });
}

async function createNewPrincipal(name: PrincipalName): Promise<Principal> {
  const team = await server.api.createTeam({ isRegistrationOpen: true });
  return createPrincipal(server.api, team, name);
}

async function readVictims(): Promise<unknown> {
  const { db } = server.api;
  return [await readRowsOfTeam(db, ofOtherTeam.teamId), await readRowsOfUser(db, ofPeer)];
}

function getPrincipal(name: PrincipalName): Principal {
  const principal = principals.get(name);
  if (principal === undefined) throw new Error(`no principal ${name}`);
  return principal;
}

function getFixture(path: string): Fixture {
  const fixture = fixtures[path];
  if (fixture === undefined) throw new Error(`${path} needs a fixture in fixtures.ts`);
  return fixture;
}

/** The caller's own ids, with one or all of them replaced by those of a peer or of another team. */
function foreignTargets(fixture: Fixture, own: OwnedObjects): { objects: Objects; missing: Objects }[] {
  const kinds = [...new Set(Object.values(fixture.ids))];
  const targets: { objects: Objects; missing: Objects }[] = [];
  for (const foreign of [ofPeer, ofOtherTeam]) {
    const hidden = kinds.filter((kind) => foreign === ofOtherTeam || !sharedInTeam.has(kind));
    const replaced = [...hidden.map((kind) => [kind]), ...(hidden.length > 1 ? [hidden] : [])];
    for (const some of replaced) {
      const none = missingObjects();
      const pick = (from: Objects): Objects => ({
        ...own,
        ...Object.fromEntries(some.map((kind) => [kind, from[kind]])),
      });
      targets.push({ objects: pick(foreign), missing: pick(none) });
    }
  }
  return targets;
}

function expectRefused(outcome: Outcome, principal: Principal): void {
  if (outcome.isOk) succeeded += 1;
  const codes = liveNames.includes(principal.name) ? ['FORBIDDEN', 'UNAUTHORIZED'] : ['UNAUTHORIZED'];
  expect(codes, outcome.body).toContain(outcome.code);
  expectNoCanary(outcome);
}

/** A query may respond with an empty list. Other procedures must respond that the object does not exist. */
function expectNothingFound(outcome: Outcome, type: Call['type']): void {
  if (outcome.isOk && type !== 'query') succeeded += 1;
  if (type !== 'query') expect(['NOT_FOUND', 'FORBIDDEN'], outcome.body).toContain(outcome.code);
  expectNoCanary(outcome);
}

function expectNoCanary({ body }: Outcome): void {
  for (const { canary } of [ofPeer, ofOtherTeam]) {
    if (body.includes(canary)) succeeded += 1;
    expect(body).not.toContain(canary);
  }
}

/** The response without the ids of the request and without random values. */
function shapeOf({ body }: Outcome, asked: Objects): string {
  let shape = body.replace(/^retry: \d+$/m, 'retry: <ms>');
  for (const id of Object.values(asked)) shape = shape.replaceAll(id, '<id>');
  return shape;
}
