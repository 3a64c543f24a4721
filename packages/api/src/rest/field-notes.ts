// What the documentation says of a field, by its name: an example, and what the name does not tell.
export interface FieldNote {
  example?: unknown;
  description?: string;
}

export const ID_EXAMPLE = '0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70';
const TIME = '2026-11-23T09:30:00.000Z';

const notes: Record<string, FieldNote> = {
  action: { example: 'agent.update', description: 'The procedure that made the entry.' },
  actorId: { description: 'Null for what whoever runs the server has done.' },
  agentId: { description: 'In a chat: null when the agent was deleted.' },
  avatar: { example: null, description: 'The picture as a data URL; null where there is none.' },
  averageMs: { example: 2150, description: 'From the start to the end of an answer.' },
  config: {
    example: { model: 'gpt-5', temperature: 0.2 },
    description: 'Goes to the webhook with every message. Its keys are yours: they are left as they are.',
  },
  content: {
    example: 'Hello',
    description: "Of an assistant's message that is `streaming`: empty until its run has ended.",
  },
  currentPassword: { example: 'SecurePass123' },
  cursor: { description: '`next_cursor` of the page before.' },
  description: { example: 'Answers questions about orders.' },
  details: { example: { fields: ['name'] } },
  displayName: { example: 'Ada' },
  email: { example: 'ada@example.com' },
  error: { example: null, description: 'Why the answer is not complete.' },
  // A test would fail once this is past.
  expiresAt: { example: '2099-12-31T00:00:00.000Z' },
  from: { example: '2026-11-01' },
  hint: { example: null, description: 'What to do about it.' },
  inviteToken: { description: 'Instead of `team_id`: from whoever has invited you.' },
  isActive: { example: true },
  isArchived: { description: 'The archived chats instead of the others.' },
  isSuperseded: { description: 'Another answer was generated in its place.' },
  key: { example: 'parley_Zk3v0mXb4tq8rJ1yW6uE', description: 'Shown once.' },
  label: { example: 'Support', description: "The agent's name or the user's email." },
  lastUsedAt: { description: 'To the minute.' },
  limit: { example: 20, description: 'How many items a page has.' },
  message: { example: 'There is no such chat.', description: 'For a person: what to do.' },
  messageId: {
    description:
      'Made by the client: sending the same message again with the same id returns the first answer.',
  },
  name: { example: 'Support' },
  newPassword: { example: 'AnotherPass456' },
  nextCursor: { example: null, description: 'Of the page after this one; null on the last.' },
  password: { example: 'SecurePass123', description: '10 to 256 characters.' },
  query: { example: 'order number' },
  reason: { example: 'AGENT_TIMEOUT' },
  role: { description: 'The first account of a team is its admin.' },
  runId: { description: 'The run that wrote it; null for a message of a user.' },
  seq: { example: 1, description: "The message's place in its chat, counted from 1." },
  signingSecret: {
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
    description:
      'Signs what the webhook is sent. Kept encrypted, and never given out again; null removes it.',
  },
  slug: { example: 'acme' },
  status: { example: 'complete' },
  systemPrompt: { example: 'You are kind and brief.' },
  team: { example: 'acme', description: "The team's slug or id." },
  title: { example: 'First chat' },
  to: { example: '2026-11-23' },
  token: { example: 'inv_9f2c81', description: 'Shown once.' },
  userAgent: { example: 'curl/8.9.1' },
  webhookToken: {
    example: 'a-token-of-your-own',
    description:
      'Sent as `Authorization: Bearer`. Kept encrypted, and never given out again; null removes it.',
  },
  webhookUrl: { example: 'https://n8n.example.com/webhook/support' },
};

/** @param name as the schemas have it */
export function noteOf(name: string): FieldNote {
  const note = notes[name];
  if (note?.example !== undefined) return note;
  if (name === 'id' || name.endsWith('Id')) return { example: ID_EXAMPLE, ...note };
  if (name.endsWith('At') || name === 'timestamp') return { example: TIME, ...note };
  return note ?? {};
}
