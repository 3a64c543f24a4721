import { useState } from 'react';
import type { Chat } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useChatMutations } from './use-chat-mutations.ts';

export function RenameDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [title, setTitle] = useState(chat.title);
  const { update } = useChatMutations(chat);
  return (
    <Dialog isOpen onClose={onClose} title="Rename chat">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ id: chat.id, title }, { onSuccess: onClose });
        }}
      >
        <TextField
          label="Title"
          value={title}
          required
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={update.isPending || title.trim() === ''}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function DeleteDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const { remove } = useChatMutations(chat);
  return (
    <ConfirmDialog
      title="Delete this chat?"
      description={
        <>
          This deletes “<span className="break-words">{chat.title}</span>” and all its messages. You cannot
          undo it.
        </>
      }
      action="Delete"
      isPending={remove.isPending}
      onConfirm={() => remove.mutate({ id: chat.id }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
