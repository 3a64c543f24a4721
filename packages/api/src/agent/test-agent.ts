import { findAgentForRun, newId, type UserWithTeam } from '@parley/db';
import { probeAgent, type AgentReport } from '@parley/webhook';
import type { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { agentNotFound } from '../errors.ts';
import type { Services } from '../services.ts';
import type { testAgentInput } from './agent.schema.ts';

/**
 * Calls an agent once, as a run does, and tells what it found. Nothing is saved but that it was done: neither a
 * chat nor an entry in the error log.
 * @throws DomainError AGENT_NOT_FOUND
 */
export async function testAgent(
  { db, secretBox, allowedHosts }: Services,
  { teamId, id, email, displayName, role }: UserWithTeam,
  input: z.output<typeof testAgentInput>,
  signal: AbortSignal | undefined,
): Promise<AgentReport> {
  const agent = await findAgentForRun(db, { teamId, id: input.id });
  if (agent === undefined) throw agentNotFound();
  await recordAudit(db, { teamId, actorId: id, action: 'agent.test', targetId: agent.id });
  const open = (secret: Uint8Array | null) => (secret === null ? null : secretBox.open(secret));
  return probeAgent(
    {
      protocol: agent.protocol,
      url: agent.webhookUrl,
      token: open(agent.webhookTokenEncrypted),
      signingSecret: open(agent.signingSecretEncrypted),
      // Ids of their own: what the agent remembers of a chat is left alone.
      runId: newId(),
      chatId: newId(),
      agentId: agent.id,
      messages: [{ role: 'user', content: input.message, timestamp: new Date().toISOString() }],
      systemPrompt: agent.systemPrompt,
      config: agent.config,
      user: { id, email, displayName, role },
    },
    { signal, allowedHosts },
  );
}
