// Stops the streaming answer, from the button and with Escape.
import { useMutation } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, type ReactNode } from 'react';
import { trpc } from '../api/api.ts';
import { explainError } from '../api/explain-error.ts';
import { toast } from '../ui/toast.ts';

interface Stop {
  stop: () => unknown;
  isStopping: boolean;
}

const StopContext = createContext<Stop>({ stop: () => {}, isStopping: false });

export function useStop(): Stop {
  return use(StopContext);
}

export function StopProvider({
  chatId,
  runId,
  children,
}: {
  chatId: string;
  runId: string | undefined;
  children: ReactNode;
}) {
  const { mutate, isPending } = useMutation(
    trpc.chat.stop.mutationOptions({ onError: (error) => toast(explainError(error), 'error') }),
  );
  const value = useMemo(
    () => ({ stop: () => runId !== undefined && mutate({ chatId }), isStopping: isPending }),
    [chatId, runId, mutate, isPending],
  );
  useEffect(() => {
    if (runId === undefined) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      // An open menu or dialog handles Escape first.
      const isTaken = event.defaultPrevented || document.querySelector('[role=dialog], [role=menu]') !== null;
      if (event.key === 'Escape' && !isTaken && !event.isComposing) mutate({ chatId });
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [chatId, runId, mutate]);
  return <StopContext value={value}>{children}</StopContext>;
}
