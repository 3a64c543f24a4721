import { useMutation } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { queryClient, trpc } from '../api/api.ts';
import { explainError } from '../api/explain-error.ts';
import { tellTabs } from '../api/tabs.ts';
import type { Chat } from '../chat/chat-types.ts';
import { chatQuery, refreshChats } from '../chat/message-cache.ts';
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
        tellTabs({ type: 'chats' });
      },
      onError,
    }),
  );
  const remove = useMutation(
    trpc.chat.delete.mutationOptions({
      async onSuccess() {
        if (openChatId === chat.id) await navigate({ to: '/' });
        await refreshChats();
        tellTabs({ type: 'chats' });
      },
      onError,
    }),
  );
  return { update, remove };
}
