import type { ExportFormat } from '@parley/client';
import { Archive, ArchiveRestore, Braces, FileText, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { explainError } from '@parley/client';
import type { Chat } from '../api/types.ts';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { toast } from '../ui/toast.ts';
import { saveChat } from './save-chat.ts';
import { useChatMutations } from './use-chat-mutations.ts';

const RenameDialog = lazy(async () => ({ default: (await import('./chat-dialogs.tsx')).RenameDialog }));
const DeleteDialog = lazy(async () => ({ default: (await import('./chat-dialogs.tsx')).DeleteDialog }));

export function ChatMenuPopup({ chat, trigger }: { chat: Chat; trigger: ReactElement }) {
  const [asking, setAsking] = useState<'rename' | 'delete'>();
  const { update } = useChatMutations(chat);
  const save = (format: ExportFormat): void => {
    saveChat(chat, format).catch((error: unknown) => toast(explainError(error), 'error'));
  };
  return (
    <>
      <Menu trigger={trigger}>
        <MenuItem onClick={() => setAsking('rename')}>
          <Pencil aria-hidden />
          Rename
        </MenuItem>
        <MenuItem onClick={() => update.mutate({ id: chat.id, isPinned: !chat.isPinned })}>
          {chat.isPinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
          {chat.isPinned ? 'Unpin' : 'Pin'}
        </MenuItem>
        <MenuItem onClick={() => update.mutate({ id: chat.id, isArchived: !chat.isArchived })}>
          {chat.isArchived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
          {chat.isArchived ? 'Unarchive' : 'Archive'}
        </MenuItem>
        <MenuItem onClick={() => save('markdown')}>
          <FileText aria-hidden />
          Export as Markdown
        </MenuItem>
        <MenuItem onClick={() => save('json')}>
          <Braces aria-hidden />
          Export as JSON
        </MenuItem>
        <MenuSeparator />
        <MenuItem isDanger onClick={() => setAsking('delete')}>
          <Trash2 aria-hidden />
          Delete
        </MenuItem>
      </Menu>
      <Suspense>
        {asking === 'rename' ? <RenameDialog chat={chat} onClose={() => setAsking(undefined)} /> : null}
        {asking === 'delete' ? <DeleteDialog chat={chat} onClose={() => setAsking(undefined)} /> : null}
      </Suspense>
    </>
  );
}
