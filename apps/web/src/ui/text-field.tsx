import { Field } from '@base-ui/react/field';
import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

export const inputLook =
  'w-full rounded-lg border border-line-strong/60 bg-raised px-3 py-2 text-sm placeholder:text-muted focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-danger data-[invalid]:border-danger';

/** A field with its label, hint and error, linked for screen readers. */
export function TextField({
  label,
  hint,
  error,
  className,
  ...props
}: Omit<ComponentProps<'input'>, 'size' | 'defaultValue' | 'value' | 'ref'> & {
  label: string;
  value?: string;
  defaultValue?: string;
  hint?: ReactNode;
  error?: string | undefined;
}) {
  return (
    <FieldFrame label={label} hint={hint} error={error} className={className}>
      <Field.Control className={clsx(inputLook, 'h-10')} {...props} />
    </FieldFrame>
  );
}

export function TextAreaField({
  label,
  hint,
  error,
  className,
  rows = 4,
  ...props
}: ComponentProps<'textarea'> & { label: string; hint?: ReactNode; error?: string | undefined }) {
  return (
    <FieldFrame label={label} hint={hint} error={error} className={className}>
      <Field.Control render={<textarea rows={rows} {...props} />} className={clsx(inputLook, 'resize-y')} />
    </FieldFrame>
  );
}

function FieldFrame({
  label,
  hint,
  error,
  className,
  children,
}: {
  label: string;
  hint: ReactNode;
  error: string | undefined;
  className: string | undefined;
  children: ReactNode;
}) {
  return (
    <Field.Root invalid={error !== undefined} className={clsx('flex flex-col gap-1.5', className)}>
      <Field.Label className="text-sm font-medium">{label}</Field.Label>
      {children}
      {hint === undefined ? null : (
        <Field.Description className="text-xs text-muted">{hint}</Field.Description>
      )}
      {error === undefined ? null : (
        <Field.Error match className="text-xs text-danger">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}
