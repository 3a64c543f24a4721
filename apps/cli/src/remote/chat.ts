// `parley chat`: sends one message and prints its answer.
import { text } from 'node:stream/consumers';
import { getErrorReason, sendMessage, titleOf, type Client, type Retry } from '@parley/client';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { readPassword } from '../read-password.ts';
import type { Terminal } from '../terminal.ts';
import { createAnswerPrinter, createJsonPrinter } from './answer-printer.ts';
import { chooseAgent } from './choose-agent.ts';
import { connect, type ConnectOptions } from './connect.ts';

export interface ChatOptions extends ConnectOptions, OutputOptions {
  agent?: string;
  chat?: string;
}

/** @returns whether the agent completed its answer */
export async function chat(
  argument: string,
  options: ChatOptions,
  context: CommandContext,
): Promise<boolean> {
  const { terminal, signal } = context;
  // Ask for the password first: reading a message from stdin ends the terminal's input.
  const { email } = options;
  const password = email === undefined ? {} : { password: await readPassword(email, context) };
  const message = await readMessage(argument, context);
  const { client, close } = await connect({ ...options, ...password }, context);
  try {
    const chatId = options.chat ?? (await startChat(client, message, options.agent, context));
    return await printAnswer(client, {
      chatId,
      content: message,
      isJson: options.json === true,
      terminal,
      signal,
    });
  } finally {
    await close();
  }
}

/** Returns the argument or, for `-`, all of stdin without its last newline. */
async function readMessage(argument: string, { stdin }: { stdin: NodeJS.ReadableStream }): Promise<string> {
  const message = argument === '-' ? (await text(stdin)).replace(/\r?\n$/, '') : argument;
  if (message.trim() === '') throw new UsageError('The message is empty.');
  return message;
}

async function startChat(
  client: Client,
  message: string,
  agentName: string | undefined,
  { terminal, signal }: CommandContext,
): Promise<string> {
  const agent = await chooseAgent(client, agentName, signal);
  const { id } = await client.chat.create.mutate({ agentId: agent.id, title: titleOf(message) }, { signal });
  terminal.note(`${agent.name}, in a new chat. To continue it: --chat ${id}`);
  return id;
}

async function printAnswer(
  client: Client,
  options: { chatId: string; content: string; isJson: boolean; terminal: Terminal; signal: AbortSignal },
): Promise<boolean> {
  const { chatId, content, isJson, terminal, signal } = options;
  const printer = (isJson ? createJsonPrinter : createAnswerPrinter)(terminal);
  let hasSucceeded = false;
  let wasLost = false;
  const onConnectionChange = (isConnected: boolean): void => {
    if (!isConnected) terminal.note('Connection lost. Reconnecting...');
    else if (wasLost) terminal.note('Reconnected.');
    wasLost = !isConnected;
  };
  const onRetry = ({ error, delayMs }: Retry): void => {
    const reason = getErrorReason(error)?.reason ?? 'no response';
    terminal.note(`The message was not sent (${reason}). Retrying in ${Math.ceil(delayMs / 1000)} s.`);
  };
  try {
    const events = sendMessage(client, { chatId, content, signal, onConnectionChange, onRetry });
    for await (const event of events) {
      printer.print(event);
      hasSucceeded = event.type === 'done';
      if (event.type === 'error') terminal.fail(event.data, { isJson });
    }
  } catch (error) {
    if (signal.aborted) terminal.note(`Interrupted. The server continues the answer in chat ${chatId}.`);
    throw error;
  }
  return hasSucceeded;
}
