import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient, trpc } from '../api/api.ts';
import { explainError, fieldErrorsOf } from '@parley/client';
import { useAccount } from '../auth/account.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page-frame.tsx';
import { TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.ts';

const EMPTY = { currentPassword: '', newPassword: '', revokeApiKeys: true };

export function PasswordForm() {
  const { user } = useAccount();
  const [fields, setFields] = useState(EMPTY);
  const change = useMutation(
    trpc.auth.changePassword.mutationOptions({
      async onSuccess() {
        setFields(EMPTY);
        toast('Password changed. All other sessions are logged out.');
        await Promise.all([
          queryClient.invalidateQueries({ queryKey: trpc.auth.sessions.pathKey() }),
          queryClient.invalidateQueries({ queryKey: trpc.apiKey.list.pathKey() }),
        ]);
      },
    }),
  );
  const errors = fieldErrorsOf(change.error);
  return (
    <Section title="Password" lead="A new password logs you out on every other device.">
      <form
        className="flex max-w-sm flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(fields);
        }}
      >
        {/* Tells password managers which account the password belongs to. */}
        <input type="text" autoComplete="username" value={user.email} readOnly hidden />
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          required
          value={fields.currentPassword}
          error={errors['currentPassword']}
          onChange={(event) => setFields({ ...fields, currentPassword: event.target.value })}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          hint="Use at least 10 characters."
          value={fields.newPassword}
          error={errors['newPassword']}
          onChange={(event) => setFields({ ...fields, newPassword: event.target.value })}
        />
        <label className="flex items-center gap-2.5 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={fields.revokeApiKeys}
            onChange={(event) => setFields({ ...fields, revokeApiKeys: event.target.checked })}
          />
          Revoke my API keys as well
        </label>
        {change.error === null || Object.keys(errors).length > 0 ? null : (
          <Notice kind="error">{explainError(change.error)}</Notice>
        )}
        <Button type="submit" look="primary" className="self-start" disabled={change.isPending}>
          Change password
        </Button>
      </form>
    </Section>
  );
}
