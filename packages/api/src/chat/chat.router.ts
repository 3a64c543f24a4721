import { deleteChat, listAllMessages, updateChat } from '@parley/db';
import { authedProcedure, router } from '../trpc.ts';
import { chatNotFound, getChat, toMessageOutput } from './chat-access.ts';
import {
  chatIdInput,
  chatOutput,
  chatWithMessagesOutput,
  createChatInput,
  getChatInput,
  listChatsInput,
  listChatsOutput,
  listMessagesInput,
  listMessagesOutput,
  retryRunInput,
  sendMessageInput,
  sendMessageOutput,
  stopRunInput,
  stopRunOutput,
  streamRunInput,
  updateChatInput,
} from './chat.schema.ts';
import { createChat } from './create-chat.ts';
import { listChats } from './list-chats.ts';
import { listMessages } from './list-messages.ts';
import { retryRun } from './retry-run.ts';
import { sendMessage } from './send-message.ts';
import { streamRun } from './stream-run.ts';
import { deletedOutput } from '../agent/agent.schema.ts';

export const chatRouter = router({
  list: authedProcedure
    .input(listChatsInput)
    .output(listChatsOutput)
    .query(({ ctx, input }) => listChats(ctx, ctx.user, input)),

  create: authedProcedure
    .input(createChatInput)
    .output(chatOutput)
    .mutation(({ ctx, input }) => createChat(ctx, ctx.user, input)),

  get: authedProcedure
    .input(getChatInput)
    .output(chatWithMessagesOutput)
    .query(async ({ ctx, input }) => {
      const chat = await getChat(ctx, ctx.user, input.id);
      if (!input.includeMessages) return { ...chat, messages: [] };
      const messages = await listAllMessages(ctx.db, { teamId: ctx.user.teamId, chatId: chat.id });
      return { ...chat, messages: messages.map(toMessageOutput) };
    }),

  update: authedProcedure
    .input(updateChatInput)
    .output(chatOutput)
    .mutation(async ({ ctx, input }) => {
      const key = { teamId: ctx.user.teamId, userId: ctx.user.id, id: input.id };
      const chat = await updateChat(ctx.db, key, input);
      if (chat === undefined) throw chatNotFound();
      return chat;
    }),

  delete: authedProcedure
    .input(chatIdInput)
    .output(deletedOutput)
    .mutation(async ({ ctx, input }) => {
      const { teamId, id: userId } = ctx.user;
      const chat = await getChat(ctx, ctx.user, input.id);
      await ctx.runs.stop({ teamId, chatId: chat.id });
      if (!(await deleteChat(ctx.db, { teamId, userId, id: chat.id }))) throw chatNotFound();
      return { id: input.id };
    }),

  messages: authedProcedure
    .input(listMessagesInput)
    .output(listMessagesOutput)
    .query(({ ctx, input }) => listMessages(ctx, ctx.user, input)),

  send: authedProcedure
    .input(sendMessageInput)
    .output(sendMessageOutput)
    .mutation(({ ctx, input }) => sendMessage(ctx, ctx.user, input)),

  // Without an output schema: the events are ours, and checking each would cost more than sending it. Their type is
  // RunEvent, which the client infers.
  stream: authedProcedure
    .input(streamRunInput)
    .subscription(({ ctx, input, signal }) => streamRun(ctx, ctx.user, input, signal)),

  retry: authedProcedure
    .input(retryRunInput)
    .output(sendMessageOutput)
    .mutation(({ ctx, input }) => retryRun(ctx, ctx.user, input)),

  stop: authedProcedure
    .input(stopRunInput)
    .output(stopRunOutput)
    .mutation(async ({ ctx, input }) => {
      const chat = await getChat(ctx, ctx.user, input.chatId);
      const runId = await ctx.runs.stop({ teamId: ctx.user.teamId, chatId: chat.id });
      return { runId: runId ?? null };
    }),
});
