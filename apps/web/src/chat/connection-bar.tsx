import { useConnection } from '@parley/client/react';
import { CloudOff, LoaderCircle } from 'lucide-react';

/** Shown while the server is unreachable. */
export function ConnectionBar() {
  const connection = useConnection();
  return (
    <div role="status" className="mx-auto w-full max-w-[48rem] px-4 empty:hidden md:px-6">
      {connection === 'online' ? null : (
        <p className="mb-2 flex animate-fade-in items-center gap-2.5 rounded-lg bg-warning-soft px-3 py-2 text-sm text-warning">
          {connection === 'offline' ? (
            <CloudOff aria-hidden className="size-4" />
          ) : (
            <LoaderCircle aria-hidden className="size-4 animate-spin" />
          )}
          {connection === 'offline'
            ? 'You are offline. Messages are saved on this device and sent when you are back online.'
            : 'Reconnecting. Messages are saved on this device.'}
        </p>
      )}
    </div>
  );
}
