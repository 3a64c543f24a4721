// Several instances on one database: a client gets the same from each of them.
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@parley/db';
import type { RunEvent } from '@parley/runs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createTestApi,
  streamRunEvents,
  type TestApi,
  type TestApiInstance,
  type TestTeam,
} from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;
let instances: TestApiInstance[];
let team: TestTeam;
let agentId: string;
/** An event of a run in another chat. */
let foreignEventId: string;

beforeAll(async () => {
  api = await createTestApi({ streams: { maxPerUser: 1_000 } });
  instances = [await api.startInstance(), await api.startInstance()];
  team = await api.createTeam();
  agentId = (await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url })).id;
  const { chatId, runId } = await send(0, 'somewhere else');
  const events = await Array.fromAsync(streamRunEvents(callerOn(0), { chatId, runId }));
  foreignEventId = events.at(0)?.id ?? '';
});

afterAll(async () => {
  for (const instance of instances) await instance[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

beforeEach(() => {
  api.webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
});

function callerOn(place: number) {
  const instance = instances[place];
  if (instance === undefined) throw new Error(`there is no instance ${place}`);
  return instance.callerOf(team.user);
}

async function send(place: number, content: string): Promise<{ chatId: string; runId: string }> {
  const { id: chatId } = await callerOn(place).chat.create({ agentId });
  const { runId } = await callerOn(place).chat.send({ chatId, messageId: newId(), content });
  return { chatId, runId };
}

async function savedAnswer(chatId: string): Promise<string> {
  const { messages } = await callerOn(0).chat.get({ id: chatId });
  expect(messages.map(({ status }) => status)).toEqual(['complete', 'complete']);
  return messages[1]?.content ?? '';
}

/** A client's text of an answer: it appends deltas, and discards the text at a reset. */
class Follower {
  text = '';
  lastEventId: string | undefined;
  terminals: RunEvent[] = [];

  /** Reads until `isEnough` or the end of the stream, then disconnects. Returns whether it was cut. */
  async read(
    input: { chatId: string; runId?: string; lastEventId?: string | undefined },
    place: number,
    isEnough: (follower: Follower) => boolean = () => false,
  ): Promise<boolean> {
    for await (const { id, data } of streamRunEvents(callerOn(place), input)) {
      this.lastEventId = id;
      if (data.type === 'message')
        this.text = data.data.reset === true ? data.data.content : this.text + data.data.content;
      else if (data.type !== 'status') this.terminals.push(data);
      if (isEnough(this)) return true;
    }
    return false;
  }

  /** The text, and the types of the terminal events received: exactly one if all is well. */
  get outcome(): [string, ...string[]] {
    return [this.text, ...this.terminals.map(({ type }) => type)];
  }
}

describe('a follower', () => {
  test('a stream cut at every event resumes on either instance, at once, after the end, or after a restart', async () => {
    const tokens = [
      'One',
      ' two',
      ' drei',
      ' 四',
      ' \u{1F469}\u{200D}\u{1F680}',
      '\nfünf',
      ' se',
      'ven',
      ' 8',
      '.',
    ];
    const gates = tokens.map(() => Promise.withResolvers<void>());
    api.webhook.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const [index, content] of tokens.entries()) {
        await gates[index]?.promise;
        response.write(`data: ${JSON.stringify({ content })}\n\n`);
      }
      response.end('data: [DONE]\n\n');
    });
    const run = await send(0, 'step by step');

    const moments = ['at once', 'after the end', 'after a restart'] as const;
    const cuts = tokens.flatMap((_, index) =>
      [0, 1].flatMap((from) =>
        [0, 1].flatMap((to) => moments.map((moment) => ({ index: index + 1, from, to, moment }))),
      ),
    );
    const followers = cuts.map(({ index, from, to, moment }) => ({
      index,
      from,
      to,
      moment,
      follower: new Follower(),
    }));
    const prefix = (count: number): string => tokens.slice(0, count).join('');
    const goOn = ({ follower, to }: (typeof followers)[number]) =>
      follower.read({ ...run, lastEventId: follower.lastEventId }, to);

    const followed = followers.map(async (one) => {
      const { follower, index, from, moment } = one;
      expect(await follower.read(run, from, ({ text }) => text === prefix(index))).toBe(true);
      if (moment === 'at once') await goOn(one);
    });
    for (const [index, gate] of gates.entries()) {
      gate.resolve();
      // The next token comes after all clients have this one, so each token is a separate event.
      const isSeen = (one: (typeof followers)[number]): boolean =>
        one.follower.text === prefix(Math.min(index + 1, one.moment === 'at once' ? Infinity : one.index));
      await expect.poll(() => followers.every(isSeen), { interval: 5, timeout: 10_000 }).toBe(true);
    }
    await Promise.all(followed);
    const back = (moment: (typeof moments)[number]) =>
      Promise.all(followers.filter((one) => one.moment === moment).map(goOn));
    await back('after the end');
    for (const instance of instances) await instance[Symbol.asyncDispose]();
    instances = [await api.startInstance(), await api.startInstance()];
    await back('after a restart');

    const saved = await savedAnswer(run.chatId);
    expect(saved).toBe(tokens.join(''));
    for (const { follower } of followers) expect(follower.outcome).toEqual([saved, 'done']);
  });

  test('a stream cut a thousand times anywhere, with any lastEventId, ends with the saved text', async () => {
    let cuts = 0;
    const ways = ['last', 'last', 'none', 'malformed', 'foreign', 'past the end', 'no such run'] as const;
    const leg = fc.record({
      place: fc.nat(1),
      /** Number of events before the cut. */
      takes: fc.nat(3),
      way: fc.constantFrom(...ways),
      namesRun: fc.boolean(),
      malformed: fc.oneof(fc.constantFrom('0', ':', 'end', 'null'), fc.string({ minLength: 1 })),
    });
    const scenario = fc.record({
      writer: fc.nat(1),
      // White space alone counts as an empty answer.
      tokens: fc.array(
        fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => `${text}.`),
        {
          minLength: 10,
          maxLength: 30,
        },
      ),
      followers: fc.array(fc.array(leg, { minLength: 5, maxLength: 10 }), { minLength: 20, maxLength: 20 }),
    });

    const follow = async (
      run: { chatId: string; runId: string },
      legs: readonly (typeof leg extends fc.Arbitrary<infer Leg> ? Leg : never)[],
    ): Promise<Follower> => {
      const follower = new Follower();
      const inputOf = ({ way, namesRun, malformed }: (typeof legs)[number]) => {
        const ids = {
          last: follower.lastEventId,
          none: undefined,
          malformed,
          foreign: foreignEventId,
          'past the end': `${run.runId}:99999`,
          'no such run': `${newId()}:3`,
        };
        // A client without a cursor has no text.
        if (ids[way] === undefined) follower.text = '';
        const { chatId, runId } = run;
        return { chatId, ...(namesRun && { runId }), lastEventId: ids[way] };
      };
      for (const one of legs) {
        let left = one.takes;
        const isCut = await follower.read(inputOf(one), one.place, () => left-- === 0);
        if (follower.terminals.length > 0) break;
        // A stream without a terminal event was cut.
        expect(isCut).toBe(true);
        cuts += 1;
      }
      if (follower.terminals.length === 0)
        await follower.read({ ...run, lastEventId: follower.lastEventId }, legs.length % 2);
      // A client that has the terminal event receives nothing more.
      await follower.read({ ...run, lastEventId: follower.lastEventId }, (legs.length + 1) % 2);
      return follower;
    };

    await fc.assert(
      fc.asyncProperty(scenario, async ({ writer, tokens, followers }) => {
        api.webhook.answer(async (response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          for (const content of tokens) {
            response.write(`data: ${JSON.stringify({ content })}\n\n`);
            await delay(8);
          }
          response.end('data: [DONE]\n\n');
        });
        const run = await send(writer, 'scenario');
        const all = await Promise.all(followers.map((legs) => follow(run, legs)));
        const saved = await savedAnswer(run.chatId);
        for (const { outcome } of all) expect(outcome).toEqual([saved, 'done']);
      }),
      // Shrinking does not help: a failure depends on timing.
      { numRuns: 15, endOnFailure: true },
    );
    expect(cuts).toBeGreaterThan(1_000);
  }, 90_000);
});

describe('the same messageId on two instances at once', () => {
  test('the same messageId on two instances at once is one message and one run; other content is refused', async () => {
    const attempt = fc.record({ place: fc.nat(1), content: fc.constantFrom('this', 'that') });
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { minLength: 2, maxLength: 12 }), async (attempts) => {
        api.webhook.requests.length = 0;
        const { id: chatId } = await callerOn(0).chat.create({ agentId });
        const messageId = newId();
        const results = await Promise.allSettled(
          attempts.map(({ place, content }) => callerOn(place).chat.send({ chatId, messageId, content })),
        );
        const { messages } = await callerOn(1).chat.get({ id: chatId });
        const winner = messages[0]?.content;
        const accepted = results.filter((result) => result.status === 'fulfilled');
        expect(results.map(({ status }) => status)).toEqual(
          attempts.map(({ content }) => (content === winner ? 'fulfilled' : 'rejected')),
        );
        for (const { value } of accepted) expect(value).toEqual(accepted[0]?.value);
        for (const result of results)
          if (result.status === 'rejected')
            expect(await reasonOf(Promise.reject(result.reason as Error))).toBe('MESSAGE_ID_CONFLICT');

        const follower = new Follower();
        await follower.read({ chatId }, 1);
        expect(follower.outcome).toEqual([await savedAnswer(chatId), 'done']);
        expect(api.webhook.requests).toHaveLength(1);
      }),
      { numRuns: 20 },
    );
  });
});

test('a failed answer that is retried on two instances at once is regenerated once', async () => {
  api.webhook.answer((response) => void response.writeHead(500).end());
  const { chatId, runId } = await send(0, 'Question');
  await new Follower().read({ chatId, runId }, 1);
  api.webhook.answerTokens(['Answer']);
  api.webhook.requests.length = 0;
  const places = [0, 1, 0, 1, 1, 0];
  const answers = await Promise.all(places.map((place) => callerOn(place).chat.retry({ chatId, runId })));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  const follower = new Follower();
  await follower.read({ chatId, runId: answers[0]?.runId ?? '' }, 1);
  expect(follower.outcome).toEqual([await savedAnswer(chatId), 'done']);
  expect(api.webhook.requests).toHaveLength(1);
});

test('an answer can be stopped from another instance: its text is kept, and every follower receives the end', async () => {
  api.webhook.answerTokens(['partial', ' never'], () => new Promise(() => {}));
  const { chatId, runId } = await send(0, 'Question');
  const followers = [new Follower(), new Follower(), new Follower()];
  const ends = followers.map((follower, index) => follower.read({ chatId, runId }, index % 2));
  await expect.poll(() => followers.map(({ text }) => text)).toEqual(['partial', 'partial', 'partial']);
  expect(await callerOn(1).chat.stop({ chatId })).toEqual({ runId });
  await Promise.all(ends);
  for (const { terminals, text } of followers) {
    expect(text).toBe('partial');
    expect(terminals).toMatchObject([{ type: 'error', data: { reason: 'RUN_CANCELED' } }]);
  }
  const { messages } = await callerOn(1).chat.get({ id: chatId });
  expect(messages[1]).toMatchObject({ content: 'partial', status: 'canceled' });
});
