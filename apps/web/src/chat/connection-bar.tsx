import { CloudOff, LoaderCircle } from 'lucide-react';
import { useConnection } from '../api/connection.ts';

/** Says that the server cannot be reached, and that nothing is lost by it. */
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
            ? 'You are offline. What you write is kept here, and sent when you are back.'
            : 'Reconnecting. What you write is kept here.'}
        </p>
      )}
    </div>
  );
}
