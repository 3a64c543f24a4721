import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { trpc } from '../api/api.ts';
import { Moment } from '../ui/moment.tsx';
import { Section } from '../ui/page-frame.tsx';
import { PagedList } from '../ui/paged-list.tsx';

export function AuditPage() {
  const members = useMembers();
  const query = useInfiniteQuery(
    trpc.admin.audit.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  return (
    <Section title="Audit log" lead="Logins and changes in this team.">
      <PagedList query={query} label="Audit log" empty="No changes yet.">
        {({ id, action, actorId, details, createdAt }) => (
          <li key={id} className="flex flex-col gap-0.5 px-4 py-3 text-sm">
            <span className="flex flex-wrap items-center gap-x-2">
              <code className="font-mono text-xs font-medium">{action}</code>
              <span className="text-muted">
                {actorId === null ? 'Server operator' : (members.get(actorId) ?? 'Former member')}
              </span>
              <span className="ml-auto text-xs text-muted">
                <Moment at={createdAt} />
              </span>
            </span>
            {Object.keys(details).length === 0 ? null : (
              <code className="font-mono text-xs break-all text-muted">{JSON.stringify(details)}</code>
            )}
          </li>
        )}
      </PagedList>
    </Section>
  );
}

/** The names of the members by id. Loads page after page until it has all. */
function useMembers(): Map<string, string> {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    trpc.team.members.infiniteQueryOptions(
      { limit: 100 },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return useMemo(
    () =>
      new Map(
        data?.pages.flatMap(({ items }) => items.map(({ id, displayName }) => [id, displayName] as const)),
      ),
    [data],
  );
}
