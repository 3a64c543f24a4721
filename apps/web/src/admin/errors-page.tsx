import { useInfiniteQuery } from '@tanstack/react-query';
import { trpc } from '../api/api.ts';
import { useAgents } from '../api/use-agents.ts';
import { Badge } from '../ui/badge.tsx';
import { Moment } from '../ui/moment.tsx';
import { Section } from '../ui/page-frame.tsx';
import { PagedList } from '../ui/paged-list.tsx';

export function ErrorsPage() {
  const { agents } = useAgents();
  const query = useInfiniteQuery(
    trpc.admin.errors.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  return (
    <Section title="Errors" lead="Failed calls to your agents, and how to fix them.">
      <PagedList query={query} label="Errors" empty="No errors.">
        {({ id, reason, message, hint, agentId, createdAt }) => (
          <li key={id} className="flex flex-col gap-1 px-4 py-3 text-sm">
            <span className="flex flex-wrap items-center gap-2">
              <Badge look="danger">{reason}</Badge>
              <span className="font-medium">
                {agents?.find((agent) => agent.id === agentId)?.name ?? 'Deleted agent'}
              </span>
              <span className="ml-auto text-xs text-muted">
                <Moment at={createdAt} />
              </span>
            </span>
            <span className="break-words">{message}</span>
            {hint === null ? null : <span className="break-words text-muted">{hint}</span>}
          </li>
        )}
      </PagedList>
    </Section>
  );
}
