// Notes for the documentation of fields, by name: an example, and a description if the name does not say enough.
export interface FieldNote {
  example?: unknown;
  description?: string;
}

export const ID_EXAMPLE = '0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70';
const TIME = '2026-11-23T09:30:00.000Z';

const notes: Record<string, FieldNote> = {
  action: { example: 'agent.update', description: 'The procedure that added the entry.' },
  actorId: { description: "Null for the server's operators." },
  agentId: { description: 'In a chat: null if the agent was deleted.' },
  answerField: {
    example: 'data.reply',
    description: 'The path of the text in a JSON answer; null: the usual fields.',
  },
  answerNodes: {
    example: ['AI Agent'],
    description: 'The names of the n8n nodes whose text is the answer; empty: all nodes.',
  },
  auth: {
    example: 'bearer',
    description:
      'How Parley authenticates to the webhook. `basic`: the token is `user:password`. `header`: it is the value of `auth_header`.',
  },
  authHeader: { example: null, description: 'The name of the header, only with `auth: header`.' },
  avatar: { example: null, description: 'The picture as a data URL; null if there is none.' },
  assistantMessageId: { description: 'The message that holds the answer.' },
  averageMs: { example: 2150, description: 'Average duration of an answer.' },
  config: {
    example: { model: 'gpt-5', temperature: 0.2 },
    description: 'Sent to the webhook unchanged with every message, keys included.',
  },
  content: {
    example: 'Hello',
    description: "While an assistant's message is `streaming`, its content is empty.",
  },
  currentPassword: { example: 'SecurePass123' },
  cursor: { description: '`next_cursor` of the previous page.' },
  description: { example: 'Answers questions about orders.' },
  details: { example: { fields: ['name'] } },
  displayName: { example: 'Ada' },
  email: { example: 'ada@example.com' },
  error: { example: null, description: 'Why the answer is incomplete.' },
  // It has to be in the future, for the test of the examples.
  expiresAt: { example: '2099-12-31T00:00:00.000Z' },
  endedAt: { description: 'Null while the run is active.' },
  firstByteTimeoutMs: { example: 300_000, description: 'From the request to the first byte of the answer.' },
  from: { example: '2026-11-01' },
  hint: { example: null, description: 'How to fix it.' },
  idleTimeoutMs: { example: 300_000, description: 'Between two reads of the answer.' },
  inviteToken: { description: 'The token of an invite, in place of `team_id`.' },
  isActive: { example: true },
  isArchived: { description: 'In a list: true shows only archived chats, false only the others.' },
  isSuperseded: { description: 'Whether a retry replaced this answer.' },
  key: {
    example: 'parley_Zk3v0mXb4tq8rJ1yW6uE-fH2nS7cPgL5dQa9_oTiVKe',
    description: 'Only this response contains it.',
  },
  label: { example: 'Support', description: "The agent's name or the user's email." },
  lastEventId: {
    example: `${ID_EXAMPLE}:7`,
    description: 'The id of the last event that the client received.',
  },
  lastUsedAt: { description: 'Precise to the minute.' },
  limit: { example: 20, description: 'Maximum number of items on a page.' },
  limits: { description: "Limits of one answer; null: the server's default." },
  maxTextBytes: { example: 4_194_304, description: "The size of the answer's text in UTF-8." },
  message: { example: 'There is no such chat.', description: 'A message for people.' },
  messageId: {
    description: 'Made by the client. Sending the message again with the same id returns the first result.',
  },
  name: { example: 'Support' },
  newPassword: { example: 'AnotherPass456' },
  nextCursor: { example: null, description: 'Cursor of the next page; null on the last page.' },
  parts: {
    example: [
      { id: 'r1', type: 'reasoning', text: 'They greet me.', durationMs: 420 },
      { id: 'text-1', type: 'text', text: 'Hello' },
    ],
    description:
      "The answer's parts in order: its text, and what the agent did for it. Empty: the message is its content. Ignore types that you do not know.",
  },
  password: { example: 'SecurePass123', description: '10 to 256 characters.' },
  query: { example: 'order number' },
  reason: { example: 'AGENT_TIMEOUT' },
  runId: { description: 'The run that generated it; null for a message of a user.' },
  seq: { example: 1, description: "The message's position in its chat, counted from 1." },
  showReasoning: { description: 'Whether members see the reasoning of an answer.' },
  showSteps: { description: 'Whether members see the steps and tool calls of an answer.' },
  signingSecret: {
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
    description: 'Signs requests to the webhook. Stored encrypted and never returned; null removes it.',
  },
  slug: { example: 'acme' },
  status: { example: 'complete' },
  systemPrompt: { example: 'You are kind and brief.' },
  team: { example: 'acme', description: "The team's slug or id." },
  title: { example: 'First chat' },
  totalTimeoutMs: { example: 1_800_000, description: 'The time of the whole answer.' },
  to: { example: '2026-11-23' },
  token: { example: 'invite_mX4tq8rJ1yW6uEfH2nS7cP', description: 'Only this response contains it.' },
  userMessageId: { description: 'The message that the run answers.' },
  userAgent: { example: 'curl/8.9.1' },
  webhookToken: {
    example: 'my-webhook-token',
    description:
      'Authenticates to the webhook, as `auth` says. Stored encrypted and never returned; null removes it.',
  },
  webhookUrl: { example: 'https://n8n.example.com/webhook/support' },
};

/** @param name in camelCase, as in the schemas */
export function noteOf(name: string): FieldNote {
  const note = notes[name];
  if (note?.example !== undefined) return note;
  if (name === 'id' || name.endsWith('Id')) return { example: ID_EXAMPLE, ...note };
  if (name.endsWith('At') || name === 'timestamp') return { example: TIME, ...note };
  return note ?? {};
}
