import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export function Badge({
  look = 'plain',
  children,
}: {
  look?: 'plain' | 'accent' | 'warning' | 'danger';
  children: ReactNode;
}) {
  return (
    <span
      className={clsx(
        'inline-flex items-center rounded-md px-1.5 py-0.5 text-xs font-medium whitespace-nowrap',
        look === 'plain' && 'bg-hover text-muted',
        look === 'accent' && 'bg-accent-soft text-accent',
        look === 'warning' && 'bg-warning-soft text-warning',
        look === 'danger' && 'bg-danger-soft text-danger',
      )}
    >
      {children}
    </span>
  );
}
