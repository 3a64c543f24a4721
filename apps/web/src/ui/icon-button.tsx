import { Tooltip } from '@base-ui/react/tooltip';
import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

/** A button with an icon. The label is its accessible name and its tooltip. */
export function IconButton({
  label,
  shortcut,
  className,
  children,
  ...props
}: Omit<ComponentProps<'button'>, 'aria-label' | 'type'> & {
  label: string;
  shortcut?: string;
  children: ReactNode;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={
          <button
            type="button"
            aria-label={label}
            className={clsx(
              'inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-text disabled:pointer-events-none disabled:opacity-40 data-[popup-open]:bg-hover [&_svg]:size-[1.125rem]',
              className,
            )}
            {...props}
          >
            {children}
          </button>
        }
      />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="animate-fade-in rounded-md bg-text px-2 py-1 text-xs text-page shadow-raised">
            {label}
            {shortcut === undefined ? null : <kbd className="ml-2 font-sans opacity-70">{shortcut}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
