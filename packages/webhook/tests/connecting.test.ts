import { once } from 'node:events';
import { createServer } from 'node:net';
import { errors } from 'undici';
import { describe, expect, it } from 'vitest';
import { callLoopbackAgent, loopback } from './call-loopback-agent.ts';
import { sharedAgentConnector } from '../src/connect/agent-connector.ts';
import { closedAgent } from './call-raw-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

describe('a connection that cannot be made', () => {
  const quick = { connectRetryDelayMs: 5 };

  it('because nothing listens is unreachable, and the hint says so', async () => {
    const { url } = await closedAgent();
    const answer = await collectAnswer(callLoopbackAgent(requestTo(url), { limits: quick }));
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('Nothing listens');
    expect(answer.error?.message).not.toContain('127.0.0.1');
  });

  it('because an allowed host does not exist is unreachable, and the hint says so', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('http://nowhere.example/'), {
        limits: quick,
        connector: (_, callback) =>
          callback(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), null),
      }),
    );
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('does not exist');
  });

  it('because of its certificate is unreachable, and the hint says so', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('https://nowhere.example/'), {
        connector: (_, callback) =>
          callback(Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }), null),
      }),
    );
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('CERT_HAS_EXPIRED');
  });

  it('because nothing answers is unreachable, and the hint says so', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('http://nowhere.example/'), {
        connector: (_, callback) => callback(new errors.ConnectTimeoutError('Connect Timeout Error'), null),
      }),
    );
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('within 5 s');
  });

  it('because the port does not speak TLS is unreachable, and the hint says so', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo(`https://127.0.0.1:${port}/`), { limits: quick }),
    );
    server.close();
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('does not speak TLS');
  });

  it('at first is tried again, and the answer comes when the agent is up', async () => {
    await using agent = await startRawAgent((socket) => void socket.write(httpAnswer('{"output":"Hi"}')));
    const connect = sharedAgentConnector(1_000, loopback);
    let attempts = 0;
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo(agent.url), {
        limits: quick,
        connector: (options, callback) => {
          if (++attempts < 3) callback(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), null);
          else connect(options, callback);
        },
      }),
    );
    expect(answer).toMatchObject({ text: 'Hi', outcome: 'succeeded' });
    expect(agent.requests).toHaveLength(1);
  });

  it('to a port that browsers refuse is told apart from one that is closed', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('http://127.0.0.1:6000/'), { limits: quick }),
    );
    expect(answer).toMatchObject({ reason: 'AGENT_BLOCKED_URL' });
  });

  it('before the whole time is up is given up', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('http://nowhere.example/'), {
        limits: { ...quick, totalTimeoutMs: 100 },
        connector: () => undefined,
      }),
    );
    expect(answer.reason).toBe('AGENT_TIMEOUT');
  });
});
