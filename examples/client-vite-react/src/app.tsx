import { getErrorReason } from '@parley/client';
import { lazy, Suspense, useState, type FormEvent } from 'react';
import { Ask } from './ask.tsx';
import { client } from './client.ts';

// The AI SDK is large: only its own page loads it.
const AskWithAiSdk = lazy(async () => ({ default: (await import('./ask-with-ai-sdk.tsx')).AskWithAiSdk }));

export function App() {
  const [name, setName] = useState<string>();
  const [problem, setProblem] = useState<string>();

  async function logIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      const { user } = await client.auth.login.mutate({
        email: String(form.get('email')),
        password: String(form.get('password')),
      });
      setName(user.displayName);
    } catch (error) {
      const isRefused = getErrorReason(error)?.reason === 'INVALID_CREDENTIALS';
      setProblem(isRefused ? 'Wrong email or password.' : 'The login failed. Try again.');
    }
  }

  if (name !== undefined)
    return (
      <main>
        <h1>Hello {name}</h1>
        <Suspense>{location.search === '?ai-sdk' ? <AskWithAiSdk /> : <Ask />}</Suspense>
      </main>
    );
  return (
    <form onSubmit={(event) => void logIn(event)}>
      <label>
        Email <input name="email" type="email" required />
      </label>
      <label>
        Password <input name="password" type="password" required />
      </label>
      <button type="submit">Log in</button>
      {problem !== undefined && <p role="alert">{problem}</p>}
    </form>
  );
}
