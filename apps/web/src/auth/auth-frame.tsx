import type { ReactNode } from 'react';
import { Logo } from '../ui/logo.tsx';

/** The layout of the login and registration pages. */
export function AuthFrame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <main className="grid min-h-full place-items-center px-5 py-10">
      <div className="w-full max-w-[22rem]">
        <Logo className="mb-8" />
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <p className="mt-1.5 mb-7 text-sm text-muted">{lead}</p>
        {children}
      </div>
    </main>
  );
}
