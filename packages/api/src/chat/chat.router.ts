import { router } from '../trpc.ts';
import { createChatProcedure } from './create-chat.ts';
import { deleteChatProcedure } from './delete-chat.ts';
import { exportChatProcedure } from './export-chat.ts';
import { getChatProcedure } from './get-chat.ts';
import { getMessageProcedure } from './get-message.ts';
import { getRunProcedure } from './get-run.ts';
import { listChatsProcedure } from './list-chats.ts';
import { listMessagesProcedure } from './list-messages.ts';
import { retryRunProcedure } from './retry-run.ts';
import { searchChatsProcedure } from './search-chats.ts';
import { sendMessageProcedure } from './send-message.ts';
import { stopRunProcedure } from './stop-run.ts';
import { streamRunProcedure } from './stream-run.ts';
import { updateChatProcedure } from './update-chat.ts';

export const chatRouter = router({
  list: listChatsProcedure,
  create: createChatProcedure,
  get: getChatProcedure,
  update: updateChatProcedure,
  delete: deleteChatProcedure,
  messages: listMessagesProcedure,
  message: getMessageProcedure,
  send: sendMessageProcedure,
  run: getRunProcedure,
  stream: streamRunProcedure,
  retry: retryRunProcedure,
  stop: stopRunProcedure,
  search: searchChatsProcedure,
  export: exportChatProcedure,
});
