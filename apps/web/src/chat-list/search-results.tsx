// Search results in titles and messages of all chats, archived ones included.
import type { RouterOutputs } from '@parley/client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { trpc } from '../api/api.ts';
import { ListProblem, ListSkeleton } from './list-states.tsx';
import { useInfiniteScroll } from './use-infinite-scroll.ts';

const PAGE_SIZE = 30;
const dayFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

type SearchHit = RouterOutputs['chat']['search']['items'][number];

export function SearchResults({ query: words }: { query: string }) {
  const query = useInfiniteQuery(
    trpc.chat.search.infiniteQueryOptions(
      { query: words, limit: PAGE_SIZE },
      { getNextPageParam: ({ nextCursor }) => nextCursor, placeholderData: keepPreviousData },
    ),
  );
  const end = useInfiniteScroll(query);
  const hits = query.data?.pages.flatMap(({ items }) => items);
  if (query.error !== null)
    return <ListProblem error={query.error} onTryAgain={() => void query.refetch()} />;
  if (hits === undefined) return <ListSkeleton label="Searching" />;
  return (
    <>
      <p role="status" className="px-2 pt-3 pb-1 text-xs text-muted">
        {hits.length === 0 ? 'No results. Try other words.' : 'Newest first'}
      </p>
      <ul aria-label="Results" aria-busy={query.isPlaceholderData}>
        {hits.map((hit) => (
          <li key={hit.messageId ?? hit.chatId}>
            <Link
              to="/c/$chatId"
              params={{ chatId: hit.chatId }}
              className="block rounded-lg px-2 py-1.5 text-sm transition-colors hover:bg-hover"
            >
              <span className="flex items-baseline gap-2">
                <span className="min-w-0 flex-1 truncate font-medium">
                  {hit.messageId === null ? <Highlighted hit={hit} /> : hit.chatTitle}
                </span>
                <time dateTime={hit.timestamp} className="shrink-0 text-xs text-muted">
                  {dayFormat.format(new Date(hit.timestamp))}
                </time>
              </span>
              {hit.messageId === null ? null : (
                <span className="line-clamp-2 text-muted wrap-anywhere">
                  <Highlighted hit={hit} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <div ref={end} />
    </>
  );
}

function Highlighted({ hit: { text, matches } }: { hit: SearchHit }) {
  return (
    <>
      {matches.map(({ start, end }, index) => (
        <span key={start}>
          {text.slice(matches[index - 1]?.end ?? 0, start)}
          <mark className="rounded-sm bg-accent-soft text-text">{text.slice(start, end)}</mark>
        </span>
      ))}
      {text.slice(matches.at(-1)?.end ?? 0)}
    </>
  );
}
