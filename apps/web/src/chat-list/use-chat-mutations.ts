import { useMutation } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { queryClient, trpc } from '../api/api.ts';
import { broadcast } from '../api/broadcast.ts';
import { explainError } from '../api/explain-error.ts';
import { chatQuery, refreshChats } from '../api/message-cache.ts';
import type { Chat } from '../api/types.ts';
import { toast } from '../ui/toast.ts';

export function useChatMutations(chat: Chat) {
  const navigate = useNavigate();
  const { chatId: openChatId } = useParams({ strict: false });
  const onError = (error: unknown): void => toast(explainError(error), 'error');
  const update = useMutation(
    trpc.chat.update.mutationOptions({
      async onSuccess(updated) {
        queryClient.setQueryData(chatQuery(chat.id).queryKey, (known) => known && { ...known, ...updated });
        await refreshChats();
        broadcast({ type: 'chats' });
      },
      onError,
    }),
  );
  const remove = useMutation(
    trpc.chat.delete.mutationOptions({
      async onSuccess() {
        if (openChatId === chat.id) await navigate({ to: '/' });
        await refreshChats();
        broadcast({ type: 'chats' });
      },
      onError,
    }),
  );
  return { update, remove };
}
