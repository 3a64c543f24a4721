import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient, trpc } from '../api/api.ts';
import { explainError, fieldErrorsOf } from '@parley/client';
import { useAccount, useIsAdmin } from '../auth/account.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Moment } from '../ui/moment.tsx';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page-frame.tsx';
import { ListRow, PagedList } from '../ui/paged-list.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { SecretDialog } from '../ui/secret-dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.ts';

const SCOPES = [
  { value: 'read', label: 'Read chats and agents', isForAdmins: false },
  { value: 'chat', label: 'Read and write chats', isForAdmins: false },
  { value: 'agents', label: 'Write chats, manage agents', isForAdmins: true },
  { value: 'admin', label: 'Write chats, manage agents and the team', isForAdmins: true },
] as const;
type Scope = (typeof SCOPES)[number]['value'];

const LIFETIMES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'never', label: 'Never' },
] as const;
type Lifetime = (typeof LIFETIMES)[number]['value'];

const DAY_MS = 24 * 60 * 60 * 1000;

function expiryOf(lifetime: Lifetime): string | null {
  return lifetime === 'never' ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString();
}

const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.apiKey.list.pathKey() });

export function ApiKeys() {
  const [isCreating, setIsCreating] = useState(false);
  const [newKey, setNewKey] = useState<string>();
  const query = useInfiniteQuery(
    trpc.apiKey.list.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  const revoke = useMutation(
    trpc.apiKey.revoke.mutationOptions({
      onSuccess: refresh,
      onError: (error) => toast(explainError(error), 'error'),
    }),
  );
  return (
    <Section
      title="API keys"
      lead="With an API key, a script acts as you without your password. A new password revokes your keys unless you keep them."
      actions={<Button onClick={() => setIsCreating(true)}>New API key</Button>}
    >
      <PagedList
        query={query}
        label="API keys"
        empty="No API keys yet. Create one to call Parley from a script."
      >
        {({ id, name, scope, lastUsedAt, expiresAt, revokedAt }) => (
          <ListRow key={id}>
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-2 font-medium">
                <span className="truncate">{name}</span>
                {revokedAt === null ? null : <Badge>Revoked</Badge>}
              </span>
              <span className="text-muted">
                {SCOPES.find(({ value }) => value === scope)?.label}.{' '}
                {lastUsedAt === null ? (
                  'Never used'
                ) : (
                  <>
                    Last used <Moment at={lastUsedAt} />
                  </>
                )}
                {expiresAt === null ? null : (
                  <>
                    , expires <Moment at={expiresAt} />
                  </>
                )}
              </span>
            </span>
            {revokedAt === null ? (
              <Button disabled={revoke.isPending} onClick={() => revoke.mutate({ id })}>
                Revoke
              </Button>
            ) : null}
          </ListRow>
        )}
      </PagedList>
      {isCreating ? (
        <NewKeyDialog
          onClose={() => setIsCreating(false)}
          onCreated={(key) => {
            setIsCreating(false);
            setNewKey(key);
          }}
        />
      ) : null}
      {newKey === undefined ? null : (
        <SecretDialog
          title="Your new API key"
          description="Copy the key now. It is not shown again, and anyone who has it can act as you."
          label="Copy API key"
          secret={newKey}
          onClose={() => setNewKey(undefined)}
        />
      )}
    </Section>
  );
}

function NewKeyDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (key: string) => void }) {
  const { user } = useAccount();
  const isAdmin = useIsAdmin();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('chat');
  const [lifetime, setLifetime] = useState<Lifetime>('90');
  const [password, setPassword] = useState('');
  const create = useMutation(
    trpc.apiKey.create.mutationOptions({
      async onSuccess({ key }) {
        onCreated(key);
        await refresh();
      },
    }),
  );
  const errors = fieldErrorsOf(create.error);
  return (
    <Dialog isOpen onClose={onClose} title="New API key">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ name, scope, password, expiresAt: expiryOf(lifetime) });
        }}
      >
        <TextField
          label="Name"
          required
          maxLength={100}
          placeholder="What the key is for"
          value={name}
          error={errors['name']}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label="What the key may do"
          value={scope}
          options={SCOPES.filter(({ isForAdmins }) => isAdmin || !isForAdmins)}
          onChange={setScope}
        />
        <SelectField label="Expires after" value={lifetime} options={LIFETIMES} onChange={setLifetime} />
        {/* Tells password managers which account the password belongs to. */}
        <input type="text" autoComplete="username" value={user.email} readOnly hidden />
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          error={errors['password']}
          onChange={(event) => setPassword(event.target.value)}
        />
        {create.error === null || Object.keys(errors).length > 0 ? null : (
          <Notice kind="error">{explainError(create.error)}</Notice>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={create.isPending}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
