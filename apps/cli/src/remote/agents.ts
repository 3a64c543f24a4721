// `parley agent list`, `create`, `update` and `delete`.
import { readFile } from 'node:fs/promises';
import type { RouterOutputs } from '@parley/client';
import { z } from 'zod';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { formatTable, printResult } from '../print-result.ts';
import { getAgent } from './choose-agent.ts';
import { connect, type ConnectOptions } from './connect.ts';
import { listAllAgents } from './list-all.ts';

export async function listAgents(
  options: ConnectOptions & OutputOptions,
  context: CommandContext,
): Promise<void> {
  const { client, close } = await connect(options, context);
  try {
    const agents = await listAllAgents(client, context.signal);
    const rows = agents.map(({ id, name, isActive }) => [name, isActive ? 'active' : 'off', id]);
    const text = rows.length === 0 ? 'The team has no agents.' : formatTable(['NAME', 'STATE', 'ID'], rows);
    printResult(context.terminal, options, agents, text);
  } finally {
    await close();
  }
}

/** Options of `agent create` and `agent update`. */
export interface AgentOptions extends ConnectOptions, OutputOptions {
  webhookUrl?: string;
  description?: string;
  protocol?: 'webhook' | 'openai';
  auth?: 'none' | 'bearer' | 'basic' | 'header';
  authHeader?: string;
  answerField?: string;
  answerNode?: string[];
  systemPrompt?: string;
  systemPromptFile?: string;
  config?: string;
}

export interface CreateAgentOptions extends AgentOptions {
  webhookUrl: string;
}

export interface UpdateAgentOptions extends AgentOptions {
  name?: string;
  state?: 'active' | 'off';
  removeWebhookToken?: true;
  removeSigningSecret?: true;
}

export async function createAgent(
  name: string,
  options: CreateAgentOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context;
  const fields = await readFields(options, context);
  const { client, close } = await connect(options, context);
  try {
    const { webhookUrl } = options;
    const agent = await client.agent.create.mutate({ ...fields, name, webhookUrl }, { signal });
    const text = `Created the agent ${agent.name} (${agent.id}). To test it: parley agent test ${agent.id}`;
    printResult(terminal, options, agent, text);
  } finally {
    await close();
  }
}

export async function updateAgent(
  nameOrId: string,
  options: UpdateAgentOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context;
  const { name, state, removeWebhookToken, removeSigningSecret } = options;
  const changes = {
    ...(await readFields(options, context)),
    ...(name !== undefined && { name }),
    ...(state !== undefined && { isActive: state === 'active' }),
    ...(removeWebhookToken === true && { webhookToken: null }),
    ...(removeSigningSecret === true && { signingSecret: null }),
  };
  if (Object.keys(changes).length === 0) {
    throw new UsageError('There is nothing to change. To see the options: parley agent update --help');
  }
  const { client, close } = await connect(options, context);
  try {
    const { id, ...before } = await getAgent(client, nameOrId, signal);
    const agent = await client.agent.update.mutate({ ...changes, id }, { signal });
    if (hasLostSecret(before, agent) && !('webhookToken' in changes || 'signingSecret' in changes)) {
      terminal.note(
        'The stored token and secret were removed with the old URL. To set them again: PARLEY_WEBHOOK_TOKEN, PARLEY_SIGNING_SECRET.',
      );
    }
    printResult(terminal, options, agent, `Updated the agent ${agent.name} (${id}).`);
  } finally {
    await close();
  }
}

type Secrets = Pick<RouterOutputs['agent']['get'], 'hasWebhookToken' | 'hasSigningSecret'>;

function hasLostSecret(before: Secrets, after: Secrets): boolean {
  return (
    (before.hasWebhookToken === true && after.hasWebhookToken !== true) ||
    (before.hasSigningSecret === true && after.hasSigningSecret !== true)
  );
}

export async function deleteAgent(
  nameOrId: string,
  options: ConnectOptions & OutputOptions,
  context: CommandContext,
): Promise<void> {
  const { client, close } = await connect(options, context);
  try {
    const { id, name } = await getAgent(client, nameOrId, context.signal);
    await client.agent.delete.mutate({ id }, { signal: context.signal });
    printResult(
      context.terminal,
      options,
      { id, name },
      `Deleted the agent ${name} (${id}). Its chats stay readable.`,
    );
  } finally {
    await close();
  }
}

/** Reads the token and the signing secret from the environment. */
async function readFields(options: AgentOptions, { environment }: CommandContext) {
  const { webhookToken, signingSecret } = environment;
  const {
    webhookUrl,
    description,
    protocol,
    auth,
    authHeader,
    answerField,
    answerNode: answerNodes,
  } = options;
  const systemPrompt = await readSystemPrompt(options);
  const config = options.config === undefined ? undefined : parseConfig(options.config);
  return {
    ...(webhookUrl !== undefined && { webhookUrl }),
    ...(description !== undefined && { description }),
    ...(protocol !== undefined && { protocol }),
    ...(auth !== undefined && { auth }),
    ...(authHeader !== undefined && { authHeader }),
    ...(answerField !== undefined && { answerField }),
    ...(answerNodes !== undefined && { answerNodes }),
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(config !== undefined && { config }),
    ...(webhookToken !== undefined && { webhookToken }),
    ...(signingSecret !== undefined && { signingSecret }),
  };
}

async function readSystemPrompt(options: AgentOptions): Promise<string | undefined> {
  const { systemPrompt, systemPromptFile } = options;
  if (systemPromptFile === undefined) return systemPrompt;
  return readFile(systemPromptFile, 'utf8').catch((error: unknown) => {
    throw new UsageError(`Cannot read ${systemPromptFile}: ${String(error)}`);
  });
}

const configSchema = z.record(z.string(), z.json());

function parseConfig(text: string): z.output<typeof configSchema> {
  try {
    return configSchema.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`--config must be a JSON object, such as '{"model":"llama3.2"}'.`);
  }
}
