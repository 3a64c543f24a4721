import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { AgentEvent } from '../src/index.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { closedAgent, item } from './call-raw-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { chunkedHead, httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

describe('leaving a call', () => {
  const endless = async (socket: Socket) => {
    socket.write(chunkedHead);
    while (!socket.destroyed) {
      socket.write(item('x'));
      await sleep(5);
    }
  };

  it('a break closes the connection', async () => {
    await using agent = await startRawAgent(endless);
    for await (const _ of callLoopbackAgent(requestTo(agent.url))) break;
    await agent.allClosed();
  });

  it('an error of the caller closes the connection and is rethrown', async () => {
    await using agent = await startRawAgent(endless);
    const read = async () => {
      for await (const _ of callLoopbackAgent(requestTo(agent.url))) throw new Error('mine');
    };
    await expect(read()).rejects.toThrow('mine');
    await agent.allClosed();
  });

  it('an abort during an answer throws the reason at once and closes the connection', async () => {
    await using agent = await startRawAgent((socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), item('Hi')]));
    });
    const stop = new AbortController();
    const reason = new Error('stopped by the user');
    const events: AgentEvent[] = [];
    const read = async () => {
      for await (const event of callLoopbackAgent(requestTo(agent.url), { signal: stop.signal })) {
        events.push(event);
        setTimeout(() => stop.abort(reason), 20);
      }
    };
    const startedAt = performance.now();
    await expect(read()).rejects.toBe(reason);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(events).toEqual([{ type: 'text', content: 'Hi' }]);
    await agent.allClosed();
  });

  it('an abort closes the connection even if the caller requests no further event', async () => {
    await using agent = await startRawAgent(endless);
    const stop = new AbortController();
    const events = callLoopbackAgent(requestTo(agent.url), { signal: stop.signal });
    await events.next();
    stop.abort();
    await agent.allClosed();
    await expect(events.next()).rejects.toBe(stop.signal.reason);
  });

  it('an abort before the call throws the reason, and nothing is sent', async () => {
    await using agent = await startRawAgent(() => {});
    const next = callLoopbackAgent(requestTo(agent.url), { signal: AbortSignal.abort('now') }).next();
    await expect(next).rejects.toBe('now');
    expect(agent.connections).toBe(0);
  });

  it('an abort before the first byte throws the reason and closes the connection', async () => {
    const stop = new AbortController();
    await using agent = await startRawAgent(() => stop.abort('now'));
    const next = callLoopbackAgent(requestTo(agent.url), { signal: stop.signal }).next();
    await expect(next).rejects.toBe('now');
    await agent.allClosed();
  });

  it('an abort between two connection attempts throws the reason at once', async () => {
    const { url } = await closedAgent();
    const stop = new AbortController();
    setTimeout(() => stop.abort('now'), 50);
    const next = callLoopbackAgent(requestTo(url), {
      signal: stop.signal,
      limits: { connectRetryDelayMs: 10_000 },
    }).next();
    const startedAt = performance.now();
    await expect(next).rejects.toBe('now');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('a finished call leaves no listener on the signal', async () => {
    await using agent = await startRawAgent((socket) => void socket.write(httpAnswer('{"output":"Hi"}')));
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await collectAnswer(callLoopbackAgent(requestTo(agent.url), { signal }));
    expect(added.mock.calls.map(([type, listener]) => [type, listener])).toEqual(
      removed.mock.calls.map(([type, listener]) => [type, listener]),
    );
  });
});
