import { z } from 'zod';
import { readSigningSecret, type AgentReport } from '@parley/webhook';
import { pageInput, pageOutput } from '../schema/page-schema.ts';
import { idSchema, isNestedAtMost, isStorableJson, nameSchema, textSchema } from '../schema/text-schema.ts';

const MAX_CONFIG_CHARS = 65_536;
const MAX_CONFIG_LEVELS = 100;

const webhookUrlSchema = textSchema({ max: 2048 })
  .trim()
  .refine((text) => URL.canParse(text), 'must be a URL, such as https://n8n.example.com/webhook/chat')
  .refine((text) => isHttp(text), 'must begin with http:// or https://')
  .refine((text) => !hasUserinfo(text), 'must not hold a user name or password: use webhookToken');

type Config = Record<string, z.core.util.JSONType>;

// How deep it is has to be known first: looking at each value of one that is thousands of levels deep would overflow
// the stack, in zod's check as in ours.
const configSchema = z.preprocess(
  (config: Config, context) => {
    if (!isNestedAtMost(config, MAX_CONFIG_LEVELS)) {
      const message = `must be nested at most ${MAX_CONFIG_LEVELS} levels deep`;
      context.issues.push({ code: 'custom', message, input: config });
    }
    return config;
  },
  z
    .record(z.string(), z.json())
    .refine(
      (config) => JSON.stringify(config).length <= MAX_CONFIG_CHARS,
      `must be at most ${MAX_CONFIG_CHARS} characters of JSON`,
    )
    .refine(isStorableJson, 'must not contain NUL characters or half surrogate pairs'),
);

const agentFields = z.object({
  name: nameSchema({ max: 100 }),
  description: textSchema({ max: 1000 }),
  /** `openai`: `webhookUrl` is an endpoint for chat completions or its base, the token its API key, `config.model` the model. */
  protocol: z.enum(['webhook', 'openai']),
  webhookUrl: webhookUrlSchema,
  /** Sent as `Authorization: Bearer`. Kept encrypted, and never given out again; null removes it. */
  webhookToken: textSchema({ min: 1, max: 4096 })
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without spaces')
    .nullable(),
  /** Signs what is sent, after the Standard Webhooks specification. Kept as the token is; null removes it. */
  signingSecret: textSchema({ max: 128 })
    .refine(
      (secret) => readSigningSecret(secret) !== undefined,
      'must be whsec_ and 24 to 64 bytes in base64: `echo whsec_$(openssl rand -base64 32)` makes one',
    )
    .nullable(),
  systemPrompt: textSchema({ max: 100_000 }).nullable(),
  /** Goes to the webhook with every message, as it is. */
  config: configSchema,
  isActive: z.boolean(),
});

export const createAgentInput = agentFields.partial().required({ name: true, webhookUrl: true });

/** What is left out stays. Another `webhookUrl` drops the stored token and signing secret, but what comes with it. */
export const updateAgentInput = agentFields.partial().extend({ id: idSchema });

export const agentIdInput = z.object({ id: idSchema });

/** Everyone in the team sees an agent; how it is reached and instructed is for admins. */
export const agentOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    isActive: z.boolean(),
    createdAt: z.string(),
    updatedAt: z.string(),
    /** Null where there is no picture. */
    avatarUrl: z.string().nullable(),
    webhookUrl: z.string().optional(),
    hasWebhookToken: z.boolean().optional(),
    hasSigningSecret: z.boolean().optional(),
    protocol: z.enum(['webhook', 'openai']).optional(),
    systemPrompt: z.string().nullable().optional(),
    config: z.record(z.string(), z.json()).optional(),
  })
  .meta({ id: 'Agent' });

export const agentWithAvatarOutput = agentOutput.extend({
  /** The picture as a data URL. */
  avatar: z.string().nullable(),
});

/** A form, since JSON has no bytes: `id`, and the file as `avatar`. */
export const setAvatarInput = z
  .instanceof(FormData)
  .transform((form) => ({ id: form.get('id'), avatar: form.get('avatar') }))
  .pipe(z.object({ id: idSchema, avatar: z.instanceof(File, { error: 'must be a file' }) }));

export const avatarOutput = z.object({ id: z.string(), avatarUrl: z.string().nullable() });

export const avatarFileOutput = z.object({
  contentType: z.string(),
  etag: z.string(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});

export type AvatarOutput = z.output<typeof avatarOutput>;

export const listAgentsInput = pageInput.prefault({});
export const listAgentsOutput = pageOutput(agentOutput);
export const deletedOutput = z.object({ id: z.string() });

export const testAgentInput = agentIdInput.extend({
  /** What the agent is asked. */
  message: textSchema({ min: 1, max: 10_000 }).default(
    'Hello! This is a test. Please answer in one short sentence.',
  ),
});

/** What one call of an agent found. Times are in ms, from the start of the call. */
export const agentReport = z.object({
  isOk: z.boolean(),
  isReachable: z.boolean(),
  isAuthorized: z.boolean().nullable(),
  status: z.number().nullable(),
  mode: z.enum(['n8n-stream', 'json-lines', 'sse', 'json', 'text', 'page']).nullable(),
  firstByteMs: z.number().nullable(),
  firstTextMs: z.number().nullable(),
  totalMs: z.number(),
  pieces: z.number(),
  /** At most 2,000 characters of it; `textChars` is how many there were. */
  text: z.string(),
  textChars: z.number(),
  error: z.object({ reason: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
  warnings: z.array(z.string()),
  summary: z.string(),
}) satisfies z.ZodType<AgentReport>;

export type AgentOutput = z.output<typeof agentOutput>;

function isHttp(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}

function hasUserinfo(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== '' || url.password !== '');
}
