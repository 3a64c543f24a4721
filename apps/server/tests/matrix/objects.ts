// One of each thing that an id can name, all belonging to one user and one team, with texts that are found again
// wherever they turn up.
import { randomUUID } from 'node:crypto';
import type { TestApi, TestTeam, TestUser } from '@parley/api/testing';
import { streamRunEvents } from '@parley/api/testing';
import { forTeam } from '@parley/db';

/** The ids of one user's things, and of what its team has. */
export interface Objects {
  teamId: string;
  agentId: string;
  /** A member of the team other than its admin. */
  memberId: string;
  inviteId: string;
  chatId: string;
  /** The message that the run answers. */
  messageId: string;
  /** A run that has failed, so that it can be retried. */
  runId: string;
  apiKeyId: string;
  /** A session besides the one that requests are made with. */
  sessionId: string;
}

export type ObjectKind = keyof Objects;

/** Whose things these are: found in every text of them. */
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

/** Ids of nothing. */
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
