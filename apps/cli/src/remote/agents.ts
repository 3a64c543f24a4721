// `parley agent list`, `create` and `test`.
import { readFile } from 'node:fs/promises';
import type { RouterOutputs } from '@parley/client';
import { z } from 'zod';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { formatTable, printResult } from '../print-result.ts';
import { chooseAgent } from './choose-agent.ts';
import { connect, type ConnectOptions } from './connect.ts';
import { listAllAgents } from './list-all-agents.ts';

type AgentReport = RouterOutputs['agent']['test'];

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

export interface CreateAgentOptions extends ConnectOptions, OutputOptions {
  webhookUrl: string;
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

/** Reads the token and the signing secret from the environment. */
export async function createAgent(
  name: string,
  options: CreateAgentOptions,
  context: CommandContext,
): Promise<void> {
  const { environment, terminal, signal } = context;
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
  const { client, close } = await connect(options, context);
  try {
    const agent = await client.agent.create.mutate(
      {
        ...{ name, webhookUrl },
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
      },
      { signal },
    );
    const text = `Created the agent ${agent.name} (${agent.id}). To test it: parley agent test ${agent.id}`;
    printResult(terminal, options, agent, text);
  } finally {
    await close();
  }
}

async function readSystemPrompt(options: CreateAgentOptions): Promise<string | undefined> {
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

/** @returns whether the test passed */
export async function runAgentTest(
  name: string,
  options: ConnectOptions & OutputOptions & { message?: string },
  context: CommandContext,
): Promise<boolean> {
  const { terminal, signal } = context;
  const { client, close } = await connect(options, context);
  try {
    const agent = await chooseAgent(client, name, signal);
    terminal.note(`Calling ${agent.name}. This takes until the agent has answered. Ctrl-C stops the test.`);
    const { message } = options;
    const report = await client.agent.test.mutate(
      { id: agent.id, ...(message !== undefined && { message }) },
      { signal },
    );
    printResult(terminal, options, report, describeReport(report));
    return report.isOk;
  } finally {
    await close();
  }
}

function describeReport(report: AgentReport): string {
  const { isOk, summary, warnings, text, textChars, error, status, mode } = report;
  return [
    isOk ? `ok: ${summary}` : `failed: ${summary}`,
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(error === null ? [] : [`reason: ${error.reason}`]),
    ...(status === null ? [] : [`status: ${status}`]),
    ...(mode === null ? [] : [`mode: ${mode}`]),
    ...(text === '' ? [] : [`answer (${textChars} characters): ${text}`]),
  ].join('\n');
}
