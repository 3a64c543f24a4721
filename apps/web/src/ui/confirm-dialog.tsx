import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

/** Asks for confirmation of an action that cannot be undone. */
export function ConfirmDialog({
  title,
  description,
  action,
  isPending,
  onConfirm,
  onClose,
}: {
  title: string;
  description: ReactNode;
  /** The label of the button, such as `Delete`. */
  action: string;
  isPending: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog isOpen onClose={onClose} title={title} description={description}>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" disabled={isPending} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
