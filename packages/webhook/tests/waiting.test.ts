import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { call, item, limited } from './call-raw-agent.ts';
import { chunk, chunkedHead, lastChunk, requestTo, startRawAgent } from './raw-agent.ts';

describe('timeouts', () => {
  it('an agent without a first byte in time fails with AGENT_TIMEOUT', async () => {
    const answer = await call(() => {}, limited({ firstByteTimeoutMs: 150 }));
    expect(answer).toMatchObject({ text: '', reason: 'AGENT_TIMEOUT', connections: 1 });
    expect(answer.error?.hint).toContain('0.15 s');
  });

  it('an agent that falls silent fails with AGENT_TIMEOUT, and the text so far is kept', async () => {
    const answer = await call(
      (socket) => {
        socket.write(Buffer.concat([Buffer.from(chunkedHead), item('Hi')]));
      },
      limited({ idleTimeoutMs: 150 }),
    );
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_TIMEOUT' });
  });

  it('keepalives prevent the idle timeout', async () => {
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

  it('an agent that sends for longer than the total time fails with AGENT_TIMEOUT, and the text so far is kept', async () => {
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

  it('the total timeout closes the connection even if the caller requests no further event', async () => {
    await using agent = await startRawAgent(async (socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), item('Hi')]));
    });
    const events = callLoopbackAgent(requestTo(agent.url), limited({ totalTimeoutMs: 600 }));
    await events.next();
    await agent.allClosed();
    await expect(events.next()).rejects.toMatchObject({ reason: 'AGENT_TIMEOUT' });
  });
});

describe('complete answers', () => {
  const json = '{"output":"Hi"}';

  it('a complete JSON value is kept if the connection never closes, but the call fails', async () => {
    const answer = await call(
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\n\r\n${json}`),
      limited({ idleTimeoutMs: 100 }),
    );
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_TIMEOUT' });
  });

  it('a complete answer succeeds even if its reader takes longer than the total timeout', async () => {
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

describe('n8n after an error', () => {
  const agentBegins = chunk('{"type":"begin","metadata":{"nodeId":"1","nodeName":"Agent"}}\n');
  const error = (nodeId: string) =>
    chunk(`{"type":"error","content":"boom","metadata":{"nodeId":"${nodeId}"}}\n`);
  const limits = limited({ errorGraceMs: 200, toolErrorGraceMs: 3_000 });

  it('a stream that hangs after an error of the answering node fails after errorGraceMs', async () => {
    const answer = await call((socket) => {
      socket.write(Buffer.concat([Buffer.from(chunkedHead), agentBegins, item('Hi'), error('1')]));
    }, limits);
    expect(answer).toMatchObject({ reason: 'AGENT_ERROR' });
    expect(answer.tookMs).toBeLessThan(2_000);
    expect(answer.error?.hint).toContain('boom');
  });

  it('a stream may continue after an error of a tool, within toolErrorGraceMs', async () => {
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

  it('a slow reader does not cause a timeout after an error', async () => {
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

  it('a keepalive after an error extends the wait', async () => {
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
  ])('the invalid limits %j are refused with a RangeError', async (limits) => {
    await expect(callLoopbackAgent(requestTo('http://127.0.0.1:9/'), { limits }).next()).rejects.toThrow(
      RangeError,
    );
  });
});
