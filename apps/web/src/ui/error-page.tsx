import { explainError } from '@parley/client';
import { useConnection } from '@parley/client/react';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { CloudOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from './button.tsx';
import { FullPage } from './full-page.tsx';

/** Shown in place of a page that fails to load. Loads the page when the connection is back. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const tryAgain = (): void => {
    reset();
    void router.invalidate();
  };
  const connection = useConnection();
  const before = useRef(connection);
  useEffect(() => {
    if (connection === 'online' && before.current !== 'online') void router.invalidate();
    before.current = connection;
  }, [connection, router]);
  return (
    <FullPage icon={<CloudOff />} title="Cannot load this page">
      <p role="alert">{explainError(error)}</p>
      <Button onClick={tryAgain}>Try again</Button>
    </FullPage>
  );
}
