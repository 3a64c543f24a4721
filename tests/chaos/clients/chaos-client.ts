// A user with two devices who chats with agents, reloads, opens a second tab, stops answers, sends messages twice, and retries. The
// seed determines each decision; the history records each result.
import { randomUUID } from 'node:crypto';
import { followRun, retryAnswer, sendMessage, type Client } from '@parley/client';
import type { History } from '../history.ts';
import type { Random } from '../seeded-random.ts';
import { follow, reasonOf, type FollowOptions, type FollowOutcome } from './follower.ts';
import { makeMessage, type ChaosMessage } from './make-message.ts';

export interface ChaosClientOptions {
  name: string;
  /** Two devices with the same login, each with its own link. */
  devices: readonly [Client, Client];
  agentIds: readonly string[];
  random: Random;
  history: History;
}

type Habit = 'watch' | 'reload' | 'second tab' | 'send twice' | 'stop';
const habits: readonly Habit[] = [
  'watch',
  'watch',
  'watch',
  'reload',
  'reload',
  'second tab',
  'send twice',
  'stop',
];
const MAX_CHAT_MESSAGES = 6;

export class ChaosClient {
  readonly #options: ChaosClientOptions;
  #messages = 0;
  #follows = 0;
  #chat: { id: string; messages: number } | undefined;
  #foreignCursor: string | undefined;

  constructor(options: ChaosClientOptions) {
    this.#options = options;
  }

  /** Chats until the signal aborts, and then finishes the current conversation. */
  async run(signal: AbortSignal): Promise<void> {
    const { random } = this.#options;
    while (!signal.aborted) {
      // Each conversation has a separate random stream, so that its length does not affect the next one.
      this.#messages += 1;
      await this.#converse(random.fork(`message ${this.#messages}`));
    }
  }

  async #converse(random: Random): Promise<void> {
    const { name, devices, history } = this.#options;
    const habit = random.pick(habits);
    const leaveAfter = habit === 'reload' ? random.between(1, 60) : undefined;
    const delayMs = random.between(50, 2_500);
    const retries = random.chance(0.6);
    const message = makeMessage(random, `${name}-${this.#messages}`);
    const chatId = await this.#openChat(random);
    if (chatId === undefined) return;

    const messageId = randomUUID();
    history.append({ type: 'send', messageId, chatId, ...message });
    const send = { chatId, messageId, content: message.content };
    const sends = [
      follow(
        this.#noteFailure(messageId, sendMessage(devices[0], send)),
        history,
        this.#newFollow({ leaveAfter }),
      ),
    ];
    if (habit === 'send twice')
      sends.push(
        follow(this.#noteFailure(messageId, sendMessage(devices[1], send)), history, this.#newFollow()),
      );
    const others: Promise<unknown>[] = [];
    if (habit === 'second tab') others.push(sleep(delayMs).then(() => this.#watchNewest(chatId)));
    if (habit === 'stop') others.push(sleep(delayMs).then(() => this.#stop(chatId)));

    let [outcome] = await Promise.all(sends);
    await Promise.all(others);
    if (outcome?.runId === undefined) {
      // It is unknown whether the message was sent, so the next one goes to another chat.
      this.#chat = undefined;
      return;
    }
    if (outcome.terminal === undefined) outcome = await this.#comeBack(chatId, outcome, random);
    this.#foreignCursor = outcome.lastEventId;
    const isRetryable = outcome.terminal !== undefined && outcome.terminal !== 'done';
    if (isRetryable && retries && outcome.runId !== undefined)
      await this.#retry(chatId, outcome.runId, message);
  }

  async #openChat(random: Random): Promise<string | undefined> {
    const { devices, agentIds } = this.#options;
    const agentId = random.pick(agentIds);
    const isNew = random.chance(0.3);
    if (this.#chat !== undefined && this.#chat.messages < MAX_CHAT_MESSAGES && !isNew) {
      this.#chat.messages += 1;
      return this.#chat.id;
    }
    try {
      const { id } = await devices[0].chat.create.mutate(
        { agentId },
        { signal: AbortSignal.timeout(10_000) },
      );
      this.#chat = { id, messages: 1 };
      return id;
    } catch {
      // The client does not retry this mutation, since it is not idempotent. The user tries again after a moment.
      await sleep(300);
      return undefined;
    }
  }

  /** Follows again after a reload: with the last cursor and the text so far, without both, or with an invalid cursor. */
  async #comeBack(chatId: string, left: FollowOutcome, random: Random): Promise<FollowOutcome> {
    const { devices, history } = this.#options;
    const device = random.pick(devices);
    const way = random.pick(['none', 'last', 'last', 'malformed', 'foreign'] as const);
    const cursors = {
      none: undefined,
      last: left.lastEventId,
      malformed: 'no cursor',
      foreign: this.#foreignCursor,
    };
    const cursor = cursors[way] === undefined ? 'none' : way;
    const lastEventId = cursors[way];
    let outcome = left;
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const run = { chatId, runId: left.runId ?? '', ...(lastEventId !== undefined && { lastEventId }) };
      const answer = lastEventId === undefined ? {} : { answer: left };
      outcome = await follow(followRun(device, run), history, this.#newFollow({ cursor, ...answer }));
      if (outcome.terminal !== undefined) break;
    }
    return { ...outcome, runId: left.runId };
  }

  async #watchNewest(chatId: string): Promise<void> {
    const { devices, history } = this.#options;
    // The stream may open before the message exists. A chat without a run ends its stream without an event.
    const events = followRun(devices[1], { chatId });
    const first = await events.next().catch(() => undefined);
    if (first === undefined || first.done === true) return;
    await follow(prepend(first.value, events), history, this.#newFollow());
  }

  async #stop(chatId: string): Promise<void> {
    const { devices, history } = this.#options;
    history.append({ type: 'stop', chatId });
    try {
      const { runId } = await devices[1].chat.stop.mutate(
        { chatId },
        { signal: AbortSignal.timeout(20_000) },
      );
      history.append({ type: 'stop-ack', chatId, runId });
    } catch {
      // The answer may have been stopped or not. Both are valid ends.
    }
  }

  async #retry(chatId: string, earlierRunId: string, { expected }: ChaosMessage): Promise<void> {
    const { devices, history } = this.#options;
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      history.append({ type: 'retry', earlierRunId });
      try {
        const signal = AbortSignal.timeout(15_000);
        const { runId } = await retryAnswer(devices[0], { chatId, runId: earlierRunId, signal });
        const left = { runId, text: '', parts: [], lastEventId: undefined, terminal: undefined };
        await this.#comeBack(chatId, left, this.#options.random.fork(`retry ${expected ?? earlierRunId}`));
        return;
      } catch (error) {
        history.append({ type: 'retry-failed', earlierRunId, reason: reasonOf(error) });
        await sleep(500 * attempt);
      }
    }
  }

  async *#noteFailure<Event>(messageId: string, events: AsyncIterable<Event>): AsyncGenerator<Event> {
    let hasBegun = false;
    try {
      for await (const event of events) {
        hasBegun = true;
        yield event;
      }
    } catch (error) {
      if (!hasBegun)
        this.#options.history.append({ type: 'send-failed', messageId, reason: reasonOf(error) });
      throw error;
    }
  }

  #newFollow(options: Partial<FollowOptions> = {}): FollowOptions {
    this.#follows += 1;
    return { cursor: 'none', ...options, followId: `${this.#options.name}-${this.#follows}` };
  }
}

async function* prepend<Item>(first: Item, rest: AsyncIterable<Item>): AsyncGenerator<Item> {
  yield first;
  yield* rest;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
