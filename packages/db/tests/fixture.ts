// Inserts one row into every table for a team, so that every constraint is exercised.
import type { Kysely } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { DB } from '../src/generated/database.ts';

export interface TeamRows {
  teamId: string;
  userId: string;
  agentId: string;
  chatId: string;
  runId: string;
}

const later = '2030-01-01T00:00:00.000Z';

export async function insertTeam(db: Kysely<DB>, slug: string): Promise<TeamRows> {
  const [teamId, userId, agentId, chatId, runId] = [uuid(), uuid(), uuid(), uuid(), uuid()];
  const [userMessageId, assistantMessageId] = [uuid(), uuid()];
  await db.insertInto('teams').values({ id: teamId, slug, name: slug, usageUntil: '2026-01-01' }).execute();
  await db
    .insertInto('users')
    .values({ teamId, id: userId, email: 'ann@example.com', displayName: 'Ann', passwordHash: '-' })
    .execute();
  await db
    .insertInto('sessions')
    .values({ teamId, id: `session-${slug}`, userId, expiresAt: later })
    .execute();
  await db.insertInto('apiKeys').values({ teamId, id: uuid(), userId, name: 'ci', keyHash: '-' }).execute();
  await db
    .insertInto('invites')
    .values({
      teamId,
      id: uuid(),
      tokenHash: '-',
      createdBy: userId,
      usedBy: userId,
      expiresAt: later,
    })
    .execute();
  await db
    .insertInto('agents')
    .values({
      teamId,
      id: agentId,
      name: 'Helper',
      webhookUrl: 'http://localhost',
      config: '{"a":[1,"é"]}',
      ...{ auth: 'header', authHeader: 'X-API-Key', answerField: 'data.reply', answerNodes: '["Answer"]' },
      ...{ firstByteTimeoutMs: 1000, idleTimeoutMs: 1000, totalTimeoutMs: 1000, maxTextBytes: 1000 },
    })
    .execute();
  await db
    .insertInto('agentAvatars')
    .values({ teamId, agentId, contentType: 'image/png', bytes: new Uint8Array([0, 127, 255]), etag: '-' })
    .execute();
  await db.insertInto('chats').values({ teamId, id: chatId, userId, agentId, title: 'Hello' }).execute();
  const message = { teamId, chatId, status: 'complete' } as const;
  await db
    .insertInto('messages')
    .values([
      {
        ...{ ...message, id: assistantMessageId, seq: 2, role: 'assistant', content: 'Hi "you"' },
        parts:
          '[{"id":"r1","type":"reasoning","text":"é"},{"id":"text-1","type":"text","text":"Hi \\"you\\""}]',
      },
      { ...message, id: userMessageId, seq: 1, role: 'user', content: 'Hello' },
    ])
    .execute();
  await db
    .insertInto('runs')
    .values({
      ...{ teamId, id: runId, chatId, userId, agentId, instanceId: uuid(), leaseExpiresAt: later },
      ...{ userMessageId, assistantMessageId },
    })
    .execute();
  await db.insertInto('runEvents').values({ teamId, runId, seq: 1, events: '[]' }).execute();
  await db
    .insertInto('usageDays')
    .values({
      ...{ teamId, chatId, userId, agentId, day: '2025-06-01' },
      ...{ succeeded: 1, failed: 0, canceled: 0, interrupted: 0, durationMs: 1000 },
    })
    .execute();
  await db
    .insertInto('errorLogs')
    .values({ teamId, id: uuid(), reason: 'AGENT_ERROR', message: 'No', agentId, runId, userId })
    .execute();
  await db
    .insertInto('auditLog')
    .values({ teamId, id: uuid(), actorId: userId, action: 'agent.create' })
    .execute();
  return { teamId, userId, agentId, chatId, runId };
}
