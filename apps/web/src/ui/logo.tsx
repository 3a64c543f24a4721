import { clsx } from 'clsx';

export function Logo({ className }: { className?: string }) {
  return (
    <span className={clsx('flex items-center gap-2.5 font-semibold tracking-tight', className)}>
      <img src="/icon.svg" alt="" className="size-6" />
      Parley
    </span>
  );
}
