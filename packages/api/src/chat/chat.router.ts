import { deleteChat, listAllMessages, updateChat } from '@parley/db';
import { authedProcedure, router } from '../trpc.ts';
import { chatNotFound } from '../errors.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import {
  chatIdInput,
  chatOutput,
  chatWithMessagesOutput,
  createChatInput,
  getChatInput,
  exportChatInput,
  exportOutput,
  listChatsInput,
  listChatsOutput,
  listMessagesInput,
  listMessagesOutput,
  messageIdInput,
  messageOutput,
  retryRunInput,
  searchInput,
  searchOutput,
  sendMessageInput,
  sendMessageOutput,
  stopRunInput,
  stopRunOutput,
  streamRunInput,
  updateChatInput,
} from './chat.schema.ts';
import { createChat } from './create-chat.ts';
import { exportChat } from './export-chat.ts';
import { getMessage } from './get-message.ts';
import { listChats } from './list-chats.ts';
import { listMessages } from './list-messages.ts';
import { retryRun } from './retry-run.ts';
import { searchChats } from './search-chats.ts';
import { sendMessage } from './send-message.ts';
import { streamRun } from './stream-run.ts';
import { deletedOutput } from '../agent/agent.schema.ts';

export const chatRouter = router({
  list: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/chats',
        summary: 'Your chats',
        description: 'The one with the newest activity first.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listChatsInput)
    .output(listChatsOutput)
    .query(({ ctx, input }) => listChats(ctx, ctx.user, input)),

  create: authedProcedure
    .meta({
      rest: {
        route: 'POST /api/chats',
        summary: 'Start a chat with an agent',
        status: 201,
        errors: ['AGENT_NOT_FOUND', 'AGENT_INACTIVE'],
      },
    })
    .input(createChatInput)
    .output(chatOutput)
    .mutation(({ ctx, input }) => createChat(ctx, ctx.user, input)),

  get: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/chats/{id}',
        summary: 'One chat with all its messages',
        errors: ['CHAT_NOT_FOUND'],
      },
    })
    .input(getChatInput)
    .output(chatWithMessagesOutput)
    .query(async ({ ctx, input }) => {
      const chat = await getChat(ctx, ctx.user, input.id);
      if (!input.includeMessages) return { ...chat, messages: [] };
      const messages = await listAllMessages(ctx.db, { teamId: ctx.user.teamId, chatId: chat.id });
      return { ...chat, messages: messages.map(toMessageOutput) };
    }),

  update: authedProcedure
    .meta({
      rest: {
        route: 'PUT /api/chats/{id}',
        summary: 'Rename, pin or archive a chat',
        description: 'What is left out stays as it is.',
        errors: ['CHAT_NOT_FOUND'],
      },
    })
    .input(updateChatInput)
    .output(chatOutput)
    .mutation(async ({ ctx, input }) => {
      const key = { teamId: ctx.user.teamId, userId: ctx.user.id, id: input.id };
      const chat = await updateChat(ctx.db, key, input);
      if (chat === undefined) throw chatNotFound();
      return chat;
    }),

  delete: authedProcedure
    .meta({
      rest: {
        route: 'DELETE /api/chats/{id}',
        summary: 'Delete a chat',
        description: 'With its messages. An answer under way is stopped.',
        errors: ['CHAT_NOT_FOUND'],
      },
    })
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
    .meta({
      rest: {
        route: 'GET /api/chats/{chat_id}/messages',
        summary: 'A page of a chat',
        description: 'Newest first.',
        errors: ['CHAT_NOT_FOUND', 'INVALID_CURSOR'],
      },
    })
    .input(listMessagesInput)
    .output(listMessagesOutput)
    .query(({ ctx, input }) => listMessages(ctx, ctx.user, input)),

  message: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/chats/{chat_id}/messages/{message_id}',
        summary: 'One message of a chat',
        errors: ['CHAT_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
      },
    })
    .input(messageIdInput)
    .output(messageOutput)
    .query(({ ctx, input }) => getMessage(ctx, ctx.user, input)),

  send: authedProcedure
    .meta({
      rest: {
        route: 'POST /api/chats/{chat_id}/messages',
        summary: 'Send a message, and receive the answer',
        description:
          'With `Accept: text/event-stream`, the answer comes as Server-Sent Events while the agent makes it; otherwise as one JSON when it is complete. The agent goes on when the client leaves. With a `message_id` of your own, a UUID, a message that is sent again is not answered twice.',
        errors: [
          'CHAT_NOT_FOUND',
          'RUN_ALREADY_ACTIVE',
          'AGENT_INACTIVE',
          'AGENT_DELETED',
          'MESSAGE_ID_CONFLICT',
        ],
      },
    })
    .input(sendMessageInput)
    .output(sendMessageOutput)
    .mutation(({ ctx, input }) => sendMessage(ctx, ctx.user, input)),

  // Without an output schema: the events are ours, and checking each would cost more than sending it. Their type is
  // RunEvent, which the client infers.
  stream: authedProcedure
    .input(streamRunInput)
    .subscription(({ ctx, input, signal }) => streamRun(ctx, input, signal)),

  retry: authedProcedure
    .meta({
      rest: {
        route: 'POST /api/chats/{chat_id}/retry',
        summary: 'Have the last answer generated anew',
        description:
          'Where it failed or was stopped. Answers at once; read the new answer with `GET /api/chats/{chat_id}/messages/{message_id}`.',
        errors: [
          'CHAT_NOT_FOUND',
          'RUN_NOT_FOUND',
          'RUN_NOT_RETRYABLE',
          'RUN_ALREADY_ACTIVE',
          'AGENT_INACTIVE',
          'AGENT_DELETED',
        ],
      },
    })
    .input(retryRunInput)
    .output(sendMessageOutput)
    .mutation(({ ctx, input }) => retryRun(ctx, ctx.user, input)),

  stop: authedProcedure
    .meta({
      rest: {
        route: 'POST /api/chats/{chat_id}/stop',
        summary: 'Stop the answer under way',
        description: 'What was received is kept.',
        errors: ['CHAT_NOT_FOUND'],
      },
    })
    .input(stopRunInput)
    .output(stopRunOutput)
    .mutation(async ({ ctx, input }) => {
      const chat = await getChat(ctx, ctx.user, input.chatId);
      const runId = await ctx.runs.stop({ teamId: ctx.user.teamId, chatId: chat.id });
      return { runId: runId ?? null };
    }),

  search: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/chats/search',
        summary: 'Search your chats',
        description:
          'In titles and messages, the chat with the newest activity first, and in it the newest message. All words have to be there, in any case and also as parts of words; `"a phrase"` as it is; `-word` must not be there. A page may have fewer hits than its limit, or none: there are more as long as there is a cursor.',
        errors: ['INVALID_SEARCH', 'INVALID_CURSOR'],
      },
    })
    .input(searchInput)
    .output(searchOutput)
    .query(({ ctx, input, signal }) => searchChats(ctx, ctx.user, input, { signal })),

  export: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/chats/{id}/export',
        summary: 'A chat as a file',
        description: 'Markdown or JSON, of a chat of any length.',
        errors: ['CHAT_NOT_FOUND'],
      },
    })
    .input(exportChatInput)
    .output(exportOutput)
    .query(({ ctx, input }) => exportChat(ctx, ctx.user, input)),
});
