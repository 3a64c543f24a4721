import { useQuery } from '@tanstack/react-query';
import { trpc } from '../api/api.ts';

/** What an admin can do about a failed answer, as the error log knows it. For admins alone: others may not ask. */
export function FailureHint({ agentId, runId }: { agentId: string; runId: string }) {
  const { data } = useQuery(trpc.admin.errors.queryOptions({ agentId, limit: 20 }));
  const hint = data?.items.find((entry) => entry.runId === runId)?.hint;
  if (hint == null) return null;
  return (
    <p className="mt-1.5 text-text">
      <span className="font-medium">For admins:</span> {hint}
    </p>
  );
}
