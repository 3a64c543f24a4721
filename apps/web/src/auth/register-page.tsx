import { useMutation } from '@tanstack/react-query';
import { Link, useLocation, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/api.ts';
import { explainError, fieldErrorsOf } from '@parley/client';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { TextField } from '../ui/text-field.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { startSession } from './start-session.ts';

export function RegisterPage() {
  const router = useRouter();
  const { team = '' } = useSearch({ from: '/register' });
  const inviteToken = new URLSearchParams(useLocation().hash).get('invite');
  const [fields, setFields] = useState({ displayName: '', email: '', password: '', teamId: team });
  const register = useMutation(
    trpc.auth.register.mutationOptions({ onSuccess: (account) => startSession(router, account) }),
  );
  const errors = fieldErrorsOf(register.error);
  const field = (name: keyof typeof fields) => ({
    name,
    value: fields[name],
    required: true,
    error: errors[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
  });

  return (
    <AuthFrame
      title="Register"
      lead={
        inviteToken === null ? 'Create an account in your team.' : 'You are invited. Create your account.'
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const { teamId, ...account } = fields;
          register.mutate({ ...account, ...(inviteToken === null ? { teamId } : { inviteToken }) });
        }}
      >
        <TextField label="Name" autoComplete="name" {...field('displayName')} />
        <TextField
          label="Email"
          // A field of type email refuses letters that are not ASCII.
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          autoComplete="username"
          {...field('email')}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          minLength={10}
          hint="Use at least 10 characters."
          {...field('password')}
        />
        {inviteToken === null && team === '' ? (
          <TextField label="Team ID" hint="Ask an admin of the team for it." {...field('teamId')} />
        ) : null}
        {register.error === null || Object.keys(errors).length > 0 ? null : (
          <Notice kind="error">{explainError(register.error)}</Notice>
        )}
        <Button type="submit" look="primary" className="mt-1 h-10" disabled={register.isPending}>
          {register.isPending ? 'Registering…' : 'Register'}
        </Button>
      </form>
      <p className="mt-6 text-sm text-muted">
        Already have an account?{' '}
        <Link to="/login" className="font-medium text-accent hover:underline">
          Log in
        </Link>
      </p>
    </AuthFrame>
  );
}
