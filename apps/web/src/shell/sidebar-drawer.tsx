import { Dialog } from '@base-ui/react/dialog';
import { Sidebar } from './sidebar.tsx';

/** The sidebar on a narrow screen, which slides over the page. */
export function SidebarDrawer({ onClose }: { onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 animate-fade-in bg-black/40" />
        <Dialog.Popup
          aria-label="Chats"
          className="fixed inset-y-0 left-0 z-30 flex w-[min(19rem,85vw)] animate-fade-in bg-side shadow-raised outline-none"
        >
          <Sidebar />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
