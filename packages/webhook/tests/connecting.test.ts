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

  it('a refused connection is AGENT_UNREACHABLE, and the hint says that nothing listens', async () => {
    const { url } = await closedAgent();
    const answer = await collectAnswer(callLoopbackAgent(requestTo(url), { limits: quick }));
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('Nothing listens');
    expect(answer.error?.message).not.toContain('127.0.0.1');
  });

  it('an unknown allowed host is AGENT_UNREACHABLE, and the hint says that the host does not exist', async () => {
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

  it('an invalid certificate is AGENT_UNREACHABLE, and the hint names the error', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('https://nowhere.example/'), {
        connector: (_, callback) =>
          callback(Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }), null),
      }),
    );
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('CERT_HAS_EXPIRED');
  });

  it('a connect timeout is AGENT_UNREACHABLE, and the hint names the timeout', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('http://nowhere.example/'), {
        connector: (_, callback) => callback(new errors.ConnectTimeoutError('Connect Timeout Error'), null),
      }),
    );
    expect(answer).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
    expect(answer.error?.hint).toContain('within 5 s');
  });

  it('a port without TLS is AGENT_UNREACHABLE for https, and the hint says so', async () => {
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

  it('a refused connection is retried until the agent is up, and the request is sent once', async () => {
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

  it('a port that browsers refuse is AGENT_BLOCKED_URL', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('http://127.0.0.1:6000/'), { limits: quick }),
    );
    expect(answer).toMatchObject({ reason: 'AGENT_BLOCKED_URL' });
  });

  it('a connection attempt that outlasts the total time ends with AGENT_TIMEOUT', async () => {
    const answer = await collectAnswer(
      callLoopbackAgent(requestTo('http://nowhere.example/'), {
        limits: { ...quick, totalTimeoutMs: 100 },
        connector: () => undefined,
      }),
    );
    expect(answer.reason).toBe('AGENT_TIMEOUT');
  });
});
