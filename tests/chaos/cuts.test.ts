// Cuts connections between followers and two server instances a thousand times during answers, at every kind of boundary, on real
// sockets.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient, type Client } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundaries, type Boundary, type CutPlan } from './clients/boundary.ts';
import { EventStreamFollower } from './clients/event-stream-follower.ts';
import { makeText } from './clients/make-message.ts';
import { NetworkLink } from './clients/network-link.ts';
import { PASSWORD, startCluster, TEAMS, type RunningCluster } from './cluster/start-cluster.ts';
import { createHistory, type History } from './history.ts';
import { createRandom, type Random } from './seeded-random.ts';

const MIN_CUTS = 1_000;
const MIN_CUTS_OF_A_KIND = 20;
/** Followers of each answer. A user may have more streams than this. */
const FOLLOWERS = 12;
const SEED = process.env['CHAOS_SEED'] ?? String(Math.floor(Math.random() * 1e9));

let dir: string;
let history: History;
let cluster: RunningCluster;
const random = createRandom(SEED);

beforeAll(async () => {
  console.log(`cuts: seed ${SEED}; to repeat: CHAOS_SEED=${SEED}`);
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-cuts-'));
  history = createHistory(path.join(dir, 'history.jsonl'));
  cluster = await startCluster({ instances: 2, logFile: path.join(dir, 'servers.log') }, history);
}, 60_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await history.close();
  await rm(dir, { recursive: true });
});

interface Conversation {
  client: Client;
  cookies: CookieJar;
  agentId: string;
}

async function startConversation(team: string, place: number): Promise<Conversation> {
  const port = cluster.slots[place % cluster.slots.length]?.port ?? 0;
  const cookies = new CookieJar();
  const client = createClient({ url: `http://127.0.0.1:${port}`, cookies });
  await client.auth.login.mutate({ email: `admin@${team}.example`, password: PASSWORD, team });
  const { id } = await client.agent.create.mutate({
    name: 'Agent',
    webhookUrl: `${cluster.agent.origin}/${place % 2 === 0 ? 'demo/n8n' : 'parts/sse'}`,
    config: { token_delay_ms: 20 },
  });
  return { client, cookies, agentId: id };
}

/** Plans cuts at all boundaries in turn, so that each is equally frequent. The seed determines the place of each cut. */
function createPlanner(first: number): (from: Random) => CutPlan {
  let next = first;
  return (from) => {
    const boundary: Boundary = boundaries[next % boundaries.length] ?? 'any-time';
    next += 1;
    const isInBytes = boundary === 'in-request' || boundary === 'in-response-head';
    const isInTime = boundary === 'any-time' || boundary === 'silence';
    const count = isInBytes ? from.between(1, 300) : isInTime ? from.between(1, 150) : from.between(1, 5);
    return { boundary, count, isReset: from.chance(0.7) };
  };
}

async function followThroughCuts(
  { cookies }: Conversation,
  run: { chatId: string; runId: string },
  name: string,
  index: number,
): Promise<EventStreamFollower> {
  const link = await NetworkLink.open({
    client: name,
    slots: cluster.slots,
    random: random.fork(name),
    history,
    cutChance: 1,
    strayChance: 0,
    planCut: createPlanner(index),
    silenceMs: 50,
  });
  try {
    const follower = new EventStreamFollower(link.url, await cookies.getCookieString(link.url));
    await follower.followToEnd(run);
    return follower;
  } finally {
    await link.close();
  }
}

/** Requests one answer for each team. Several followers read each answer while their connections are cut again and again. */
async function converse(conversations: readonly Conversation[], round: number): Promise<void> {
  const answers = conversations.map(async (conversation, place) => {
    const { client, agentId } = conversation;
    const { id: chatId } = await client.chat.create.mutate({ agentId });
    const name = `round ${round}, answer ${place}`;
    const expected = makeText(random.fork(name), 200);
    const messageId = crypto.randomUUID();
    const { runId } = await client.chat.send.mutate({ chatId, messageId, content: `echo ${expected}` });
    const followers = await Promise.all(
      Array.from({ length: FOLLOWERS }, (_, index) =>
        followThroughCuts(conversation, { chatId, runId }, `${name}, follower ${index}`, index),
      ),
    );
    const { messages } = await client.chat.get.query({ id: chatId });
    expect(messages[1]?.content).toBe(expected);
    for (const { view, terminals } of followers) {
      expect(view.text).toBe(expected);
      expect(view.parts).toEqual(messages[1]?.parts);
      expect(new Set(terminals)).toEqual(new Set(['done']));
    }
  });
  await Promise.all(answers);
}

test('after a thousand cuts at every kind of boundary, each follower has the saved text and parts', async () => {
  const conversations = await Promise.all(TEAMS.map(startConversation));
  const cuts = () => history.entries.filter((entry) => entry.type === 'cut');
  const atBoundary = (wanted: Boundary) => cuts().filter(({ boundary }) => boundary === wanted);
  const isEnough = (): boolean =>
    cuts().length >= MIN_CUTS &&
    boundaries.every((boundary) => atBoundary(boundary).length >= MIN_CUTS_OF_A_KIND);
  for (let round = 1; !isEnough(); round += 1) {
    expect(round, 'rounds').toBeLessThan(10);
    await converse(conversations, round);
  }
}, 120_000);
