// Shows the toasts of toast.ts.
import { Toast } from '@base-ui/react/toast';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { IconButton } from './icon-button.tsx';
import { onToast } from './toast.ts';

const manager = Toast.createToastManager();

export function Toaster() {
  // In an effect, which runs after the provider's: the manager drops toasts that no provider listens to.
  useEffect(() => {
    onToast(({ description, type }) => {
      manager.add({ description, type, priority: type === 'error' ? 'high' : 'low' });
    });
  }, []);
  return (
    <Toast.Provider toastManager={manager} timeout={5_000}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(22rem,calc(100vw-2rem))] flex-col gap-2 outline-none">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root
      key={item.id}
      toast={item}
      className={clsx(
        'flex animate-fade-in items-center gap-2 rounded-xl border bg-raised py-2 pr-2 pl-3.5 text-sm shadow-raised data-[limited]:hidden',
        item.type === 'error' ? 'border-danger/50 text-danger' : 'border-line',
      )}
    >
      <Toast.Description className="min-w-0 flex-1" />
      <Toast.Close
        render={
          <IconButton label="Dismiss">
            <X aria-hidden />
          </IconButton>
        }
      />
    </Toast.Root>
  ));
}
