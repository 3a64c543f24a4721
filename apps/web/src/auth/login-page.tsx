import { getErrorReason } from '@parley/client';
import { useMutation } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { inputLook, TextField } from '../ui/text-field.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { startSession } from './start-session.ts';

export function LoginPage() {
  const router = useRouter();
  const { next } = useSearch({ from: '/login' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [team, setTeam] = useState<string>();
  const login = useMutation(
    trpc.auth.login.mutationOptions({ onSuccess: (account) => startSession(router, account, next) }),
  );
  const teams = getErrorReason(login.error)?.teams;

  return (
    <AuthFrame
      title="Log in"
      lead={
        next === undefined ? 'Chat with the agents of your team.' : 'Log in to continue where you left off.'
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate({ email, password, ...(team === undefined ? {} : { team }) });
        }}
      >
        <TextField
          label="Email"
          // A field of type email refuses letters that are not ASCII.
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          name="email"
          autoComplete="username"
          required
          // The email is the first field, and logging in is all that the page is for.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {teams === undefined && team === undefined ? null : (
          <label className="flex flex-col gap-1.5 text-sm font-medium">
            Team
            <select
              className={`${inputLook} h-10 font-normal`}
              required
              value={team ?? ''}
              onChange={(event) => setTeam(event.target.value)}
            >
              <option value="" disabled>
                Choose a team
              </option>
              {(teams ?? [team ?? '']).map((slug) => (
                <option key={slug}>{slug}</option>
              ))}
            </select>
          </label>
        )}
        {login.error === null ? null : teams === undefined ? (
          <Notice kind="error">{explainError(login.error)}</Notice>
        ) : (
          <Notice>You have accounts in several teams. Choose one, then log in.</Notice>
        )}
        <Button type="submit" look="primary" className="mt-1 h-10" disabled={login.isPending}>
          {login.isPending ? 'Logging in…' : 'Log in'}
        </Button>
      </form>
      <p className="mt-6 text-sm text-muted">
        New to Parley? Ask an admin of your team for an invitation, or{' '}
        <Link to="/register" className="font-medium text-accent hover:underline">
          register
        </Link>{' '}
        with the ID of an open team.
      </p>
    </AuthFrame>
  );
}
