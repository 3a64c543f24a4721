import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

type Look = 'primary' | 'secondary' | 'ghost' | 'danger';

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line bg-raised hover:bg-hover',
  ghost: 'text-muted hover:bg-hover hover:text-text',
  danger: 'bg-danger text-page hover:opacity-90',
};

export function Button({
  look = 'secondary',
  className,
  type = 'button',
  ...props
}: ComponentProps<'button'> & { look?: Look }) {
  return (
    <button
      type={type}
      className={clsx(
        'inline-flex h-9 shrink-0 items-center justify-center gap-2 rounded-lg px-3.5 text-sm font-medium whitespace-nowrap transition-colors select-none disabled:cursor-default disabled:opacity-50',
        looks[look],
        className,
      )}
      {...props}
    />
  );
}
