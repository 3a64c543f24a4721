import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { trpc } from './api.ts';
import type { Agent } from './types.ts';

const PAGE_SIZE = 100;

/** All agents of the team, page after page; undefined until the first page is loaded. */
export function useAgents(): { agents: Agent[] | undefined; error: unknown; refetch: () => void } {
  const query = useInfiniteQuery(
    trpc.agent.list.infiniteQueryOptions(
      { limit: PAGE_SIZE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return {
    agents: query.data?.pages.flatMap(({ items }) => items),
    error: query.data === undefined ? query.error : null,
    refetch: () => void query.refetch(),
  };
}
