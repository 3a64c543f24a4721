// The loading and error states of the lists in the sidebar.
import { explainError } from '@parley/client';
import { Button } from '../ui/button.tsx';

export function ListSkeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="flex animate-pulse-soft flex-col gap-3 px-2 pt-5">
      {['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2'].map((width) => (
        <div key={width} className={`h-3.5 rounded bg-hover ${width}`} />
      ))}
    </div>
  );
}

export function ListProblem({ error, onTryAgain }: { error: unknown; onTryAgain: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 px-2 py-3 text-sm text-muted">
      {explainError(error)}
      <Button onClick={onTryAgain}>Try again</Button>
    </div>
  );
}
