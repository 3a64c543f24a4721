// Calls an agent that is a bare socket, and waits until its connections are closed.

import type { Socket } from 'node:net';
import type { AgentLimits, AgentRequest, CallAgentOptions } from '../src/index.ts';
import { callLoopbackAgent } from './call-loopback-agent.ts';
import { collectAnswer } from './collect-answer.ts';
import { chunk, requestTo, startRawAgent } from './raw-agent.ts';

export async function call(
  answer: (socket: Socket) => void | Promise<void>,
  options: CallAgentOptions = {},
  changes: Partial<AgentRequest> = {},
) {
  await using agent = await startRawAgent(answer);
  const startedAt = performance.now();
  const result = await collectAnswer(callLoopbackAgent(requestTo(agent.url, changes), options));
  const tookMs = performance.now() - startedAt;
  await agent.allClosed();
  return { ...result, tookMs, connections: agent.connections };
}

export const limited = (limits: Partial<AgentLimits>) => ({ limits });

/** An item of n8n's stream as an HTTP chunk. */
export const item = (content: string) => chunk(`${JSON.stringify({ type: 'item', content })}\n`);

/** An address at which nothing listens. */
export async function closedAgent(): Promise<{ url: string }> {
  const agent = await startRawAgent(() => {});
  await agent[Symbol.asyncDispose]();
  return agent;
}
