import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { queryClient, trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Moment } from '../ui/moment.tsx';
import { Section } from '../ui/page-frame.tsx';
import { ListRow, PagedList } from '../ui/paged-list.tsx';
import { toast } from '../ui/toast.ts';

const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/(Chrome|Chromium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;

const SYSTEMS = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
] as const;

export function Sessions() {
  const query = useInfiniteQuery(
    trpc.auth.sessions.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  const revoke = useMutation(
    trpc.auth.revokeSession.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.auth.sessions.pathKey() }),
      onError: (error) => toast(explainError(error), 'error'),
    }),
  );
  return (
    <Section
      title="Sessions"
      lead="The devices where you are logged in. If you do not recognize one, log it out and change your password."
    >
      <PagedList query={query} label="Sessions" empty="No sessions.">
        {(session) => (
          <ListRow key={session.id}>
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-2 font-medium">
                {describeUserAgent(session.userAgent)}
                {session.isCurrent ? <Badge look="accent">This device</Badge> : null}
              </span>
              <span className="text-muted">
                Logged in <Moment at={session.createdAt} />, valid until <Moment at={session.expiresAt} />
              </span>
            </span>
            {session.isCurrent ? null : (
              <Button disabled={revoke.isPending} onClick={() => revoke.mutate({ id: session.id })}>
                Log out
              </Button>
            )}
          </ListRow>
        )}
      </PagedList>
    </Section>
  );
}

/** For example `Firefox on Linux`. */
function describeUserAgent(userAgent: string | null): string {
  if (userAgent === null || userAgent === '') return 'Unknown device';
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (browser === undefined) return userAgent.slice(0, 60);
  return system === undefined ? browser : `${browser} on ${system}`;
}
