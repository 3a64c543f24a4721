import { readSigningSecret } from '@parley/webhook';
import { z } from 'zod';
import {
  hasReservedKey,
  isNestedAtMost,
  isStorableJson,
  nameSchema,
  textSchema,
} from '../schema/text-schema.ts';

const MAX_CONFIG_CHARS = 65_536;
const MAX_CONFIG_LEVELS = 100;

const webhookUrlSchema = textSchema({ max: 2048 })
  .trim()
  .refine((text) => URL.canParse(text), 'must be a URL, such as https://n8n.example.com/webhook/chat')
  .refine((text) => isHttp(text), 'must begin with http:// or https://')
  .refine((text) => !hasUserinfo(text), 'must not contain a user name or password: use webhookToken');

type Config = Record<string, z.core.util.JSONType>;

// Checks the depth before anything walks the value: thousands of levels would overflow the stack, in zod's check as in ours.
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
    .refine(isStorableJson, 'must not contain NUL characters or unpaired surrogates')
    .refine(
      (config) => !hasReservedKey(config),
      'must not contain the keys __proto__, constructor and prototype',
    ),
);

export const agentFields = z.object({
  name: nameSchema({ max: 100 }),
  description: textSchema({ max: 1000 }),
  /** `openai`: `webhookUrl` is an endpoint for chat completions or its base, the token its API key, `config.model` the model. */
  protocol: z.enum(['webhook', 'openai']),
  webhookUrl: webhookUrlSchema,
  /** Bearer token for the webhook. Stored encrypted and never returned; null removes it. */
  webhookToken: textSchema({ min: 1, max: 4096 })
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without spaces')
    .nullable(),
  /** Signs requests as Standard Webhooks specifies. Stored encrypted and never returned; null removes it. */
  signingSecret: textSchema({ max: 128 })
    .refine(
      (secret) => readSigningSecret(secret) !== undefined,
      'must be whsec_ and 24 to 64 bytes in base64: `echo whsec_$(openssl rand -base64 32)` makes one',
    )
    .nullable(),
  systemPrompt: textSchema({ max: 100_000 }).nullable(),
  /** Sent to the webhook unchanged with every message. */
  config: configSchema,
  isActive: z.boolean(),
});

/** Only admins get the optional fields: URL, protocol, secrets, system prompt and config. */
export const agentOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    isActive: z.boolean(),
    createdAt: z.string(),
    updatedAt: z.string(),
    /** Null if the agent has no picture. */
    avatarUrl: z.string().nullable(),
    webhookUrl: z.string().optional(),
    hasWebhookToken: z.boolean().optional(),
    hasSigningSecret: z.boolean().optional(),
    protocol: z.enum(['webhook', 'openai']).optional(),
    systemPrompt: z.string().nullable().optional(),
    config: z.record(z.string(), z.json()).optional(),
  })
  .meta({ id: 'Agent' });

export const avatarOutput = z.object({ id: z.string(), avatarUrl: z.string().nullable() });

export type AvatarOutput = z.output<typeof avatarOutput>;

export type AgentOutput = z.output<typeof agentOutput>;

function isHttp(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}

function hasUserinfo(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== '' || url.password !== '');
}
