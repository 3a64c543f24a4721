import { useMutation } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { parley, queryClient, trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import type { Chat } from '../api/types.ts';
import { toast } from '../ui/toast.ts';

const { cache, tabs } = parley;

export function useChatMutations(chat: Chat) {
  const navigate = useNavigate();
  const { chatId: openChatId } = useParams({ strict: false });
  const onError = (error: unknown): void => toast(explainError(error), 'error');
  const update = useMutation(
    trpc.chat.update.mutationOptions({
      async onSuccess(updated) {
        const { queryKey } = cache.chatQuery(chat.id);
        queryClient.setQueryData(queryKey, (known) => known && { ...known, ...updated });
        await cache.refreshChats();
        tabs.broadcast({ type: 'chats' });
      },
      onError,
    }),
  );
  const remove = useMutation(
    trpc.chat.delete.mutationOptions({
      async onSuccess() {
        if (openChatId === chat.id) await navigate({ to: '/' });
        await cache.refreshChats();
        tabs.broadcast({ type: 'chats' });
      },
      onError,
    }),
  );
  return { update, remove };
}
