import { Switch } from '@base-ui/react/switch';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient, trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import { useAccount } from '../auth/account.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Moment } from '../ui/moment.tsx';
import { Section } from '../ui/page-frame.tsx';
import { ListRow, PagedList } from '../ui/paged-list.tsx';
import { SecretDialog } from '../ui/secret-dialog.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { toast } from '../ui/toast.ts';

const ROLES = [
  { value: 'user', label: 'Member' },
  { value: 'admin', label: 'Admin' },
] as const;
type Role = (typeof ROLES)[number]['value'];

const onError = (error: unknown): void => toast(explainError(error), 'error');

export function MembersPage() {
  return (
    <>
      <Members />
      <Invites />
      <Registration />
    </>
  );
}

function Members() {
  const { user } = useAccount();
  const query = useInfiniteQuery(
    trpc.team.members.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: trpc.team.members.pathKey() });
  const setRole = useMutation(trpc.team.setRole.mutationOptions({ onSuccess, onError }));
  const setActive = useMutation(trpc.team.setActive.mutationOptions({ onSuccess, onError }));
  return (
    <Section title="Members" lead="Turning a member off logs them out at once. Their chats are kept.">
      <PagedList query={query} label="Members" empty="No members yet. Create an invitation below.">
        {(member) => (
          <ListRow key={member.id}>
            <Avatar name={member.displayName} className="size-8 text-xs" />
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-2 font-medium">
                <span className="truncate">{member.displayName}</span>
                {member.id === user.id ? <Badge look="accent">You</Badge> : null}
                {member.isActive ? null : <Badge look="warning">Off</Badge>}
              </span>
              <span className="block truncate text-muted">{member.email}</span>
            </span>
            <SelectField
              label={`Role of ${member.displayName}`}
              isLabelHidden
              value={member.role}
              options={ROLES}
              onChange={(role) => setRole.mutate({ userId: member.id, role })}
            />
            <OnOff
              label={`Allow ${member.displayName} to log in`}
              isOn={member.isActive}
              onChange={(isActive) => setActive.mutate({ userId: member.id, isActive })}
            />
          </ListRow>
        )}
      </PagedList>
    </Section>
  );
}

const STATUS_LOOK = { open: 'accent', used: 'plain', revoked: 'plain', expired: 'plain' } as const;
const STATUS_NAME = { open: 'Open', used: 'Used', revoked: 'Revoked', expired: 'Expired' } as const;

function Invites() {
  const [isCreating, setIsCreating] = useState(false);
  const [link, setLink] = useState<string>();
  const [role, setRole] = useState<Role>('user');
  const query = useInfiniteQuery(
    trpc.team.listInvites.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor }),
  );
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.team.listInvites.pathKey() });
  const create = useMutation(
    trpc.team.createInvite.mutationOptions({
      async onSuccess({ token }) {
        setIsCreating(false);
        // Browsers do not send the part after the #, so that no log and no proxy sees the token.
        setLink(`${location.origin}/register#invite=${token}`);
        await refresh();
      },
      onError,
    }),
  );
  const revoke = useMutation(trpc.team.revokeInvite.mutationOptions({ onSuccess: refresh, onError }));
  return (
    <Section
      title="Invitations"
      lead="An invitation lets one person register within seven days."
      actions={<Button onClick={() => setIsCreating(true)}>Invite</Button>}
    >
      <PagedList
        query={query}
        label="Invitations"
        empty="No invitations yet. Select Invite to create a link."
      >
        {(invite) => (
          <ListRow key={invite.id}>
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-2 font-medium">
                {invite.role === 'admin' ? 'Admin' : 'Member'}
                <Badge look={STATUS_LOOK[invite.status]}>{STATUS_NAME[invite.status]}</Badge>
              </span>
              <span className="text-muted">
                Created <Moment at={invite.createdAt} />, valid until <Moment at={invite.expiresAt} />
              </span>
            </span>
            {invite.status === 'open' ? (
              <Button disabled={revoke.isPending} onClick={() => revoke.mutate({ id: invite.id })}>
                Revoke
              </Button>
            ) : null}
          </ListRow>
        )}
      </PagedList>
      {isCreating ? (
        <Dialog isOpen onClose={() => setIsCreating(false)} title="Invite a member">
          <form
            className="flex flex-col gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              create.mutate({ role });
            }}
          >
            <SelectField label="Role" value={role} options={ROLES} onChange={setRole} />
            <div className="flex justify-end gap-2">
              <Button onClick={() => setIsCreating(false)}>Cancel</Button>
              <Button type="submit" look="primary" disabled={create.isPending}>
                Create link
              </Button>
            </div>
          </form>
        </Dialog>
      ) : null}
      {link === undefined ? null : (
        <SecretDialog
          title="Invitation link"
          description="Send this link to one person. It works once and is not shown again."
          label="Copy link"
          secret={link}
          onClose={() => setLink(undefined)}
        />
      )}
    </Section>
  );
}

function Registration() {
  const team = useQuery(trpc.team.get.queryOptions());
  const update = useMutation(
    trpc.team.update.mutationOptions({
      onSuccess: (updated) => queryClient.setQueryData(trpc.team.get.queryKey(), updated),
      onError,
    }),
  );
  if (team.data === undefined) return null;
  const link = `${location.origin}/register?team=${team.data.id}`;
  return (
    <Section
      title="Open registration"
      lead="While it is on, anyone with its link can join without an invitation."
    >
      <div className="flex items-center gap-3 text-sm">
        <OnOff
          label="Open registration"
          isOn={team.data.isRegistrationOpen}
          onChange={(isRegistrationOpen) => update.mutate({ isRegistrationOpen })}
        />
        {team.data.isRegistrationOpen ? (
          <code className="font-mono text-xs break-all">{link}</code>
        ) : (
          'Closed'
        )}
      </div>
    </Section>
  );
}

function OnOff({
  label,
  isOn,
  onChange,
}: {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}) {
  return (
    <Switch.Root
      aria-label={label}
      checked={isOn}
      onCheckedChange={onChange}
      className="flex h-5 w-9 shrink-0 rounded-full bg-line-strong p-0.5 transition-colors data-[checked]:bg-accent"
    >
      <Switch.Thumb className="size-4 rounded-full bg-white shadow transition-transform data-[checked]:translate-x-4" />
    </Switch.Root>
  );
}
