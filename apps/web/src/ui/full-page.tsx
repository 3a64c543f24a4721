import type { ReactNode } from 'react';

/** A page with a single message: empty, not found, loading or failed. */
export function FullPage({
  icon,
  title,
  children,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
}) {
  return (
    <main className="grid min-h-full flex-1 place-items-center p-6">
      <div className="flex max-w-sm flex-col items-center gap-3 text-center">
        {icon === undefined ? null : (
          <div
            aria-hidden
            className="grid size-12 place-items-center rounded-2xl bg-accent-soft text-accent [&_svg]:size-6"
          >
            {icon}
          </div>
        )}
        <h1 className="text-lg font-semibold">{title}</h1>
        <div className="flex flex-col items-center gap-4 text-sm text-muted">{children}</div>
      </div>
    </main>
  );
}
