import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { call, item, limited } from './call-raw-agent.ts';
import { chunk, chunkedHead, lastChunk, requestTo, startRawAgent } from './raw-agent.ts';

describe('an agent that takes too long', () => {
  it('for its first byte is given up', async () => {
    const answer = await call(() => {}, limited({ firstByteTimeoutMs: 150 }));
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_TIMEOUT', connections: 1 });
    expect(answer.error?.hint).toContain('0.15 s');
  });

  it('between two reads is given up, with the text received before', async () => {
    const answer = await call(
      (socket) => {
        socket.write(Buffer.concat([Buffer.from(chunkedHead), item('Hi')]));
      },
      limited({ idleTimeoutMs: 150 }),
    );
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_TIMEOUT' });
  });

  it('is not given up while anything comes, keepalives included', async () => {
    const answer = await call(
      async (socket) => {
        socket.write(chunkedHead);
        for (let round = 0; round < 6; round++) {
          await sleep(60);
          socket.write(chunk('{"type":"keepalive"}\n'));
        }
        socket.write(Buffer.concat([item('Hi'), Buffer.from(lastChunk)]));
      },
      limited({ idleTimeoutMs: 250 }),
    );
    expect(answer).toMatchObject({ text: 'Hi', outcome: 'succeeded' });
  });

  it('in all is given up, with the text received before, however busy it is', async () => {
    const answer = await call(
      async (socket) => {
        socket.write(chunkedHead);
        while (!socket.destroyed) {
          socket.write(item('x'));
          await sleep(10);
        }
      },
      limited({ totalTimeoutMs: 600 }),
    );
    expect(answer.reason).toBe('AGENT_TIMEOUT');
    expect(answer.text).toMatch(/^x+$/);
    expect(answer.tookMs).toBeLessThan(3_000);
  });

  it('is given up even if nobody asks for the next event', async () => {
    await using agent = await startRawAgent(async (socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), item('Hi')]));
    });
    const events = callLoopbackAgent(requestTo(agent.url), limited({ totalTimeoutMs: 600 }));
    await events.next();
    await agent.allClosed();
    await expect(events.next()).rejects.toMatchObject({ reason: 'AGENT_TIMEOUT' });
  });
});

describe('a whole answer', () => {
  const json = '{"output":"Hi"}';

  it('is kept even if its connection is left open for ever, as a failure', async () => {
    const answer = await call(
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\n\r\n${json}`),
      limited({ idleTimeoutMs: 100 }),
    );
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_TIMEOUT' });
  });

  it('is one even if its reader takes longer than the agent may', async () => {
    await using agent = await startRawAgent((socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), item('Hi')]));
      setTimeout(() => socket.write(Buffer.concat([item(' there'), Buffer.from(lastChunk)])), 20);
    });
    let text = '';
    for await (const event of callLoopbackAgent(requestTo(agent.url), limited({ totalTimeoutMs: 600 }))) {
      if (event.type === 'text') text += event.content;
      await sleep(800);
    }
    expect(text).toBe('Hi there');
  });
});

describe('an n8n that reports an error and then hangs', () => {
  const agentBegins = chunk('{"type":"begin","metadata":{"nodeId":"1","nodeName":"Agent"}}\n');
  const error = (nodeId: string) =>
    chunk(`{"type":"error","content":"boom","metadata":{"nodeId":"${nodeId}"}}\n`);
  const limits = limited({ errorGraceMs: 200, toolErrorGraceMs: 3_000 });

  it('is given up after a short grace when the answering node failed', async () => {
    const answer = await call((socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), agentBegins, item('Hi'), error('1')]));
    }, limits);
    expect(answer).toMatchObject({ reason: 'AGENT_ERROR' });
    expect(answer.tookMs).toBeLessThan(2_000);
    expect(answer.error?.hint).toContain('boom');
  });

  it('has longer when a tool failed, and may still answer', async () => {
    const answer = await call(async (socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), error('tool')]));
      await sleep(400);
      socket.write(Buffer.concat([agentBegins, item('Sorry.')]));
      await sleep(20);
      socket.write(chunk('{"type":"end","metadata":{"nodeId":"1"}}\n'));
      socket.write(lastChunk);
    }, limits);
    expect(answer).toMatchObject({ text: 'Sorry.', outcome: 'succeeded' });
  });

  it('is not given up because the reader is slow', async () => {
    await using agent = await startRawAgent((socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), agentBegins, item('Hi'), error('1')]));
      setTimeout(() => socket.write(item(' there')), 20);
      setTimeout(() => socket.write(Buffer.concat([item('!'), Buffer.from(lastChunk)])), 40);
    });
    let text = '';
    for await (const event of callLoopbackAgent(requestTo(agent.url), limits)) {
      if (event.type === 'text') text += event.content;
      await sleep(300);
    }
    expect(text).toBe('Hi there!');
  });

  it('is still waited for while it sends keepalives', async () => {
    const answer = await call(async (socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), agentBegins, error('1')]));
      await sleep(30);
      socket.write(chunk('{"type":"keepalive"}\n'));
      await sleep(400);
      socket.write(
        Buffer.concat([agentBegins, item('Hi'), chunk('{"type":"end","metadata":{"nodeId":"1"}}\n')]),
      );
      socket.write(item('!'));
      socket.write(lastChunk);
    }, limits);
    expect(answer.outcome).toBe('succeeded');
  });
});

describe('limits', () => {
  it.each([
    { totalTimeoutMs: 0 },
    { idleTimeoutMs: -1 },
    { maxTextBytes: Infinity },
    { connectTimeoutMs: 1.5 },
  ])('that mean nothing are refused: %j', async (limits) => {
    await expect(callLoopbackAgent(requestTo('http://127.0.0.1:9/'), { limits }).next()).rejects.toThrow(
      RangeError,
    );
  });
});
