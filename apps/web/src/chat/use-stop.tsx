// Stops the streaming answer, from the button and with Escape.
import { explainError } from '@parley/client';
import { useStopAnswer } from '@parley/client/react';
import { createContext, use, useEffect, useMemo, type ReactNode } from 'react';
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
  const { mutate, isPending } = useStopAnswer(chatId);
  const value = useMemo(() => {
    const stop = (): void => mutate(undefined, { onError: (error) => toast(explainError(error), 'error') });
    return { stop: () => runId !== undefined && stop(), isStopping: isPending };
  }, [runId, mutate, isPending]);
  const { stop } = value;
  useEffect(() => {
    if (runId === undefined) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      // An open menu or dialog handles Escape first.
      const isTaken = event.defaultPrevented || document.querySelector('[role=dialog], [role=menu]') !== null;
      if (event.key === 'Escape' && !isTaken && !event.isComposing) stop();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [runId, stop]);
  return <StopContext value={value}>{children}</StopContext>;
}
