import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { CloudOff } from 'lucide-react';
import { useEffect } from 'react';
import { getConnection, onConnectionChange } from '../api/connection.ts';
import { explainError } from '../api/explain-error.ts';
import { Button } from './button.tsx';
import { FullPage } from './full-page.tsx';

/** Shown in place of a page that fails to load. Loads the page when the connection is back. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const tryAgain = (): void => {
    reset();
    void router.invalidate();
  };
  useEffect(
    () =>
      onConnectionChange(() => {
        if (getConnection() === 'online') void router.invalidate();
      }),
    [router],
  );
  return (
    <FullPage icon={<CloudOff />} title="Cannot load this page">
      <p role="alert">{explainError(error)}</p>
      <Button onClick={tryAgain}>Try again</Button>
    </FullPage>
  );
}
