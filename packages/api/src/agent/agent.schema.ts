import type { JsonValue } from '@parley/runs';
import {
  agentLimitRanges,
  problemOfHeaderName,
  readSigningSecret,
  type AdjustableLimit,
} from '@parley/webhook';
import { z } from 'zod';
import { jsonValueSchema } from '../schema/json-value-schema.ts';
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
  .refine((text) => !hasUserinfo(text), 'must not contain a user name or password: use webhookToken')
  .meta({ format: 'uri' });

type Config = Record<string, JsonValue>;

// Checks depth and size before anything else walks the value: thousands of levels would overflow the stack, in zod's check as in
// ours, and zod takes some microseconds for each value.
const configSchema = z.preprocess(
  (config: Config, context) => {
    const message = excessOf(config);
    if (message === undefined) return config;
    context.issues.push({ code: 'custom', message, input: undefined });
    return {};
  },
  z
    .record(z.string(), jsonValueSchema)
    .refine(isStorableJson, 'must not contain NUL characters or unpaired surrogates')
    .refine(
      (config) => !hasReservedKey(config),
      'must not contain the keys __proto__, constructor and prototype',
    ),
);

function excessOf(config: unknown): string | undefined {
  if (!isNestedAtMost(config, MAX_CONFIG_LEVELS))
    return `must be nested at most ${MAX_CONFIG_LEVELS} levels deep`;
  const { length } = JSON.stringify(config) ?? '';
  return length > MAX_CONFIG_CHARS ? `must be at most ${MAX_CONFIG_CHARS} characters of JSON` : undefined;
}

const authHeaderSchema = textSchema({ max: 100 }).superRefine((name, context) => {
  const problem = problemOfHeaderName(name);
  if (problem !== undefined) context.addIssue(problem);
});

const limitSchema = (limit: AdjustableLimit) => {
  const { min, max } = agentLimitRanges[limit];
  return z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`).nullable();
};

/** Limits of one answer; null: the server's default. */
const limitsSchema = z.object({
  /** From the request to the first byte of the answer. */
  firstByteTimeoutMs: limitSchema('firstByteTimeoutMs'),
  /** Between two reads of the answer. */
  idleTimeoutMs: limitSchema('idleTimeoutMs'),
  totalTimeoutMs: limitSchema('totalTimeoutMs'),
  /** The size of the answer's text in UTF-8. */
  maxTextBytes: limitSchema('maxTextBytes'),
});

const MAX_FIELD_NAMES = 20;

const answerFieldSchema = textSchema({ min: 1, max: 200 })
  .refine((path) => path.split('.').every((name) => name.trim() !== ''), 'must be a path, such as data.reply')
  .refine(
    (path) => path.split('.').length <= MAX_FIELD_NAMES,
    `must have at most ${MAX_FIELD_NAMES} names, separated by dots`,
  );

const answerNodesSchema = z
  .array(
    nameSchema({ max: 200 }).refine(
      // eslint-disable-next-line no-control-regex -- refuses control characters
      (name) => !/[\u0000-\u001f]/.test(name),
      'must not contain control characters',
    ),
  )
  .max(50, 'must name at most 50 nodes');

export const agentFields = z.object({
  name: nameSchema({ max: 100 }),
  description: textSchema({ max: 1000 }),
  /** `openai`: `webhookUrl` is an endpoint for chat completions or its base, the token its API key, `config.model` the model. */
  protocol: z.enum(['webhook', 'openai']),
  webhookUrl: webhookUrlSchema,
  /** How Parley authenticates to the webhook. Default: `bearer` with a token, `none` without. */
  auth: z.enum(['none', 'bearer', 'basic', 'header']),
  /** The name of the header that carries the token with `header`. */
  authHeader: authHeaderSchema.nullable(),
  /** The bearer token, user:password or the header's value. Stored encrypted and never returned; null removes it. */
  webhookToken: textSchema({ min: 1, max: 4096 }).nullable(),
  /** Signs requests as Standard Webhooks specifies. Stored encrypted and never returned; null removes it. */
  signingSecret: textSchema({ max: 128 })
    .refine(
      (secret) => readSigningSecret(secret) !== undefined,
      'must be whsec_ and 24 to 64 bytes in base64: `echo whsec_$(openssl rand -base64 32)` makes one',
    )
    .meta({ pattern: '^(whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$' })
    .nullable(),
  systemPrompt: textSchema({ max: 100_000 }).nullable(),
  /** Sent to the webhook unchanged with every message. */
  config: configSchema,
  limits: limitsSchema.partial(),
  /** The path of the text in a JSON answer, such as `data.reply`; null: the usual fields. */
  answerField: answerFieldSchema.nullable(),
  /** The names of the n8n nodes whose text is the answer; empty: all nodes. */
  answerNodes: answerNodesSchema,
  /** Whether members see the steps and tool calls of an answer. */
  showSteps: z.boolean(),
  /** Whether members see the reasoning of an answer. */
  showReasoning: z.boolean(),
  isActive: z.boolean(),
});

/** Only admins get the optional fields: the settings of the call and of what members see. */
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
    webhookUrl: z.string().meta({ format: 'uri' }).optional(),
    auth: z.enum(['none', 'bearer', 'basic', 'header']).optional(),
    authHeader: z.string().nullable().optional(),
    hasWebhookToken: z.boolean().optional(),
    hasSigningSecret: z.boolean().optional(),
    protocol: z.enum(['webhook', 'openai']).optional(),
    systemPrompt: z.string().nullable().optional(),
    // Stored as JSON: checking each value would take longer than anything else in a list of agents.
    config: z.record(z.string(), z.custom<JsonValue>()).optional(),
    limits: limitsSchema.optional(),
    answerField: z.string().nullable().optional(),
    answerNodes: z.array(z.string()).optional(),
    showSteps: z.boolean().optional(),
    showReasoning: z.boolean().optional(),
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
