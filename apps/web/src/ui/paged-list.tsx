import type { ReactNode } from 'react';
import { explainError } from '@parley/client';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';
import { Spinner } from './spinner.tsx';

/** The part of an infinite query that the list needs. */
interface PagedQuery<Item> {
  data: { pages: { items: Item[] }[] } | undefined;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

/** A paged list with its loading, error and empty states and a button for the next page. */
export function PagedList<Item>({
  query,
  label,
  empty,
  children,
}: {
  query: PagedQuery<Item>;
  /** The accessible name, such as `Members`. */
  label: string;
  empty: ReactNode;
  children: (item: Item) => ReactNode;
}) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  if (data === undefined) {
    if (error === null) return <Spinner label={`Loading ${label}`} />;
    return (
      <Notice kind="error">
        <p>{explainError(error)}</p>
        <Button className="mt-2 text-text" onClick={() => void refetch()}>
          Try again
        </Button>
      </Notice>
    );
  }
  const items = data.pages.flatMap((page) => page.items);
  if (items.length === 0)
    return (
      <p className="rounded-xl border border-dashed border-line px-4 py-8 text-center text-sm text-muted">
        {empty}
      </p>
    );
  return (
    <>
      <ul
        aria-label={label}
        className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-raised"
      >
        {items.map((item) => children(item))}
      </ul>
      {hasNextPage ? (
        <Button className="self-center" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : 'Show more'}
        </Button>
      ) : null}
    </>
  );
}

export function ListRow({ children }: { children: ReactNode }) {
  return <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">{children}</li>;
}
