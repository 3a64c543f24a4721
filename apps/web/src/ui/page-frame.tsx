import type { ReactNode } from 'react';
import { PageHeader } from './page-header.tsx';

/** A page of stacked sections, such as the settings. */
export function PageFrame({ title, nav, children }: { title: string; nav?: ReactNode; children: ReactNode }) {
  return (
    <>
      <PageHeader>
        <h1 className="truncate text-sm font-semibold">{title}</h1>
      </PageHeader>
      {nav}
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-4xl flex-col gap-10 px-4 py-8 md:px-8">{children}</div>
      </main>
    </>
  );
}

export function Section({
  title,
  lead,
  actions,
  children,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div>
          <h2 className="text-base font-semibold">{title}</h2>
          {lead === undefined ? null : <p className="mt-0.5 max-w-xl text-sm text-muted">{lead}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
