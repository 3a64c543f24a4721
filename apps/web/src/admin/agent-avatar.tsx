// Shows, replaces and removes the picture of an agent.
import { useMutation } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useId } from 'react';
import { queryClient, trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import type { Agent } from '../api/types.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { toast } from '../ui/toast.ts';
import { useFileDrop } from '../ui/use-file-drop.ts';

const ACCEPTED = 'image/png,image/jpeg,image/webp';

export function AgentAvatar({ agent }: { agent: Agent }) {
  const inputId = useId();
  const hintId = useId();
  const handlers = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.agent.pathKey() }),
    onError: (error: unknown) => toast(explainError(error), 'error'),
  };
  const set = useMutation(trpc.agent.setAvatar.mutationOptions(handlers));
  const remove = useMutation(trpc.agent.removeAvatar.mutationOptions(handlers));
  const isBusy = set.isPending || remove.isPending;

  const upload = (file: File): void => {
    if (isBusy) return;
    const form = new FormData();
    form.set('id', agent.id);
    form.set('avatar', file);
    set.mutate(form);
  };
  const { zone, isOver } = useFileDrop<HTMLDivElement>(upload);
  return (
    <div
      ref={zone}
      role="group"
      aria-label="Picture"
      aria-busy={isBusy}
      className={clsx(
        'flex flex-wrap items-center gap-4 rounded-xl border border-dashed p-4 transition-colors',
        isOver ? 'border-accent bg-accent-soft' : 'border-line',
      )}
    >
      <Avatar name={agent.name} url={agent.avatarUrl} className="size-14 text-xl" />
      <div className="min-w-0 flex-1 text-sm">
        <label
          htmlFor={inputId}
          className="cursor-pointer rounded font-medium text-accent hover:underline has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
        >
          <input
            id={inputId}
            type="file"
            accept={ACCEPTED}
            aria-describedby={hintId}
            disabled={isBusy}
            className="sr-only"
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file !== undefined) upload(file);
              // Without this, choosing the same file again fires no event.
              target.value = '';
            }}
          />
          {set.isPending ? 'Uploading…' : 'Choose a picture'}
        </label>
        <span className="text-muted">, or drop it here.</span>
        <p id={hintId} className="text-muted">
          PNG, JPEG or WebP, at most 2 MB.
        </p>
      </div>
      {agent.avatarUrl === null ? null : (
        <Button look="ghost" disabled={isBusy} onClick={() => remove.mutate({ id: agent.id })}>
          Remove picture
        </Button>
      )}
    </div>
  );
}
