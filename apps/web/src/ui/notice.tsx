import { clsx } from 'clsx';
import { CircleAlert, Info } from 'lucide-react';
import type { ReactNode } from 'react';

/** An inline message. Screen readers announce errors at once. */
export function Notice({
  kind = 'info',
  className,
  children,
}: {
  kind?: 'info' | 'warning' | 'error';
  className?: string;
  children: ReactNode;
}) {
  const Icon = kind === 'info' ? Info : CircleAlert;
  return (
    <div
      role={kind === 'error' ? 'alert' : undefined}
      className={clsx(
        'flex items-start gap-2.5 rounded-lg px-3 py-2.5 text-sm',
        kind === 'error' && 'bg-danger-soft text-danger',
        kind === 'warning' && 'bg-warning-soft text-warning',
        kind === 'info' && 'bg-side text-muted',
        className,
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1 break-words">{children}</div>
    </div>
  );
}
