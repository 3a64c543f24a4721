// One object of each kind that has an id, all of one user and one team. Their texts contain a canary, which betrays them in any response.
import { randomUUID } from 'node:crypto';
import type { TestApi, TestTeam, TestUser } from '@parley/api/testing';
import { streamRunEvents } from '@parley/api/testing';
import { forTeam } from '@parley/db';

/** The ids of objects of one user and its team. */
export interface Objects {
  teamId: string;
  agentId: string;
  /** A member of the team who is not its admin. */
  memberId: string;
  inviteId: string;
  chatId: string;
  /** The message that the run answers. */
  messageId: string;
  /** A failed run, which can be retried. */
  runId: string;
  apiKeyId: string;
  /** A session other than the one that authenticates the requests. */
  sessionId: string;
}

export type ObjectKind = keyof Objects;

/** `canary` is part of every text of the objects. */
export interface OwnedObjects extends Objects {
  canary: string;
  ownerId: string;
}

/** @param owner a user of the team, or its admin */
export async function createObjects(api: TestApi, team: TestTeam, owner: TestUser): Promise<OwnedObjects> {
  const canary = `canary-${randomUUID()}`;
  const { caller } = owner;
  const admin = team.admin.caller;
  const agent = await admin.agent.create({
    name: canary,
    description: canary,
    webhookUrl: new URL(canary, api.webhook.url).href,
    systemPrompt: canary,
    config: { canary },
  });
  const picture = new FormData();
  picture.set('id', agent.id);
  picture.set('avatar', pictureFile());
  await admin.agent.setAvatar(picture);
  const member = await team.createUser({ email: `${canary}@example.com` });
  const invite = await admin.team.createInvite({});
  const chat = await caller.chat.create({ agentId: agent.id, title: canary });
  const messageId = randomUUID();
  const { runId } = await caller.chat.send({
    chatId: chat.id,
    messageId,
    content: `${canary} fail`,
  });
  await Array.fromAsync(streamRunEvents(caller, { chatId: chat.id, runId }));
  const key = await owner.createApiKey({ name: canary });
  const session = await api.services.sessions.create(forTeam(api.services.db, team.id), {
    teamId: team.id,
    userId: owner.id,
    userAgent: canary,
  });
  return {
    canary,
    ownerId: owner.id,
    teamId: team.id,
    agentId: agent.id,
    memberId: member.id,
    inviteId: invite.id,
    chatId: chat.id,
    messageId,
    runId,
    apiKeyId: key.id,
    sessionId: session.idHash,
  };
}

/** A PNG of one pixel. */
export function pictureFile(): File {
  const base64 =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
  return new File([Buffer.from(base64, 'base64')], 'picture.png', { type: 'image/png' });
}

/** Ids that do not exist. */
export function missingObjects(): Objects {
  const id = randomUUID;
  return {
    teamId: id(),
    agentId: id(),
    memberId: id(),
    inviteId: id(),
    chatId: id(),
    messageId: id(),
    runId: id(),
    apiKeyId: id(),
    sessionId: `${id()}${id()}`.replaceAll('-', '').slice(0, 64),
  };
}
