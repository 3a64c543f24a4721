import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { CloudOff } from 'lucide-react';
import { useEffect } from 'react';
import { getConnection, onConnectionChange } from '../api/connection.ts';
import { explainError } from '../api/explain-error.ts';
import { Button } from './button.tsx';
import { FullPage } from './full-page.tsx';

/** A page that could not be loaded. It loads by itself when the connection is back. */
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
    <FullPage icon={<CloudOff />} title="This page could not be loaded">
      <p role="alert">{explainError(error)}</p>
      <Button onClick={tryAgain}>Try again</Button>
    </FullPage>
  );
}
