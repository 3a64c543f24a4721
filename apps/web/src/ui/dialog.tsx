import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

/** A modal dialog. Takes the focus, closes on Escape, and returns the focus. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  width = 'max-w-md',
}: {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  width?: string;
}) {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(open) => open || onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 animate-fade-in bg-black/40" />
        <BaseDialog.Viewport className="fixed inset-0 z-40 grid place-items-center overflow-y-auto p-4">
          <BaseDialog.Popup
            className={`relative w-full ${width} animate-fade-in rounded-2xl border border-line bg-raised p-6 shadow-raised`}
          >
            <BaseDialog.Title className="pr-8 text-base font-semibold">{title}</BaseDialog.Title>
            {description === undefined ? null : (
              <BaseDialog.Description className="mt-1.5 text-sm text-muted">
                {description}
              </BaseDialog.Description>
            )}
            <div className="mt-4">{children}</div>
            {/* Not an IconButton, whose tooltip would handle the first Escape. */}
            <BaseDialog.Close
              aria-label="Close"
              className="absolute top-4 right-4 inline-flex size-8 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-text"
            >
              <X aria-hidden className="size-[1.125rem]" />
            </BaseDialog.Close>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
