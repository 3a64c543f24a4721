'use client';

import { createClient } from '@parley/client';
import { useRouter } from 'next/navigation';
import type { FormEvent } from 'react';

export function LogIn() {
  const router = useRouter();

  async function logIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const client = createClient({ url: location.origin });
    await client.auth.login.mutate({
      email: String(form.get('email')),
      password: String(form.get('password')),
    });
    // The server component renders again, with the new cookies.
    router.refresh();
  }

  return (
    <form onSubmit={(event) => void logIn(event)}>
      <label>
        Email <input name="email" type="email" required />
      </label>
      <label>
        Password <input name="password" type="password" required />
      </label>
      <button type="submit">Log in</button>
    </form>
  );
}
