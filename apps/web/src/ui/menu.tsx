import { Menu as BaseMenu } from '@base-ui/react/menu';
import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

/** A menu of actions. Its code is large: import it lazily. */
export function Menu({
  trigger,
  children,
  side = 'bottom',
  align = 'end',
}: {
  trigger: ReactElement;
  children: ReactNode;
  side?: 'top' | 'bottom';
  align?: 'start' | 'end';
}) {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner side={side} align={align} sideOffset={6} className="z-50 outline-none">
          <BaseMenu.Popup className="min-w-44 animate-fade-in rounded-xl border border-line bg-raised p-1 shadow-raised outline-none">
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

const itemLook =
  'flex w-full cursor-default items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none select-none data-[highlighted]:bg-hover data-[disabled]:opacity-50 [&_svg]:size-4 [&_svg]:text-muted';

export function MenuItem({
  onClick,
  isDanger = false,
  isDisabled = false,
  children,
}: {
  onClick: () => void;
  isDanger?: boolean;
  isDisabled?: boolean;
  children: ReactNode;
}) {
  return (
    <BaseMenu.Item
      onClick={onClick}
      disabled={isDisabled}
      className={clsx(itemLook, isDanger && 'text-danger [&_svg]:text-danger')}
    >
      {children}
    </BaseMenu.Item>
  );
}

export function MenuLink({ render, children }: { render: ReactElement; children: ReactNode }) {
  return (
    <BaseMenu.LinkItem render={render} closeOnClick className={itemLook}>
      {children}
    </BaseMenu.LinkItem>
  );
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="mx-1 my-1 h-px bg-line" />;
}

export function MenuRadio<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: { value: Value; label: string; icon: ReactNode }[];
  onChange: (value: Value) => void;
}) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
      <div aria-hidden className="px-2.5 pt-1.5 pb-1 text-xs text-muted">
        {label}
      </div>
      {options.map((option) => (
        <BaseMenu.RadioItem
          key={option.value}
          value={option.value}
          closeOnClick
          className={clsx(itemLook, 'data-[checked]:font-medium data-[checked]:text-accent')}
        >
          {option.icon}
          {option.label}
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  );
}
