import { explainError } from '@parley/client';
import { useNavigate } from '@tanstack/react-router';
import { Bot } from 'lucide-react';
import { useState } from 'react';
import { parley } from '../api/api.ts';
import type { Agent } from '../api/types.ts';
import { useAgents } from '../api/use-agents.ts';
import { useAccount, useIsAdmin } from '../auth/account.tsx';
import { readStored, writeStored } from '../storage/stored.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { FullPage } from '../ui/full-page.tsx';
import { Notice } from '../ui/notice.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { Composer } from './composer.tsx';
import { ConnectionBar } from './connection-bar.tsx';

export function NewChatPage() {
  const { user } = useAccount();
  const isAdmin = useIsAdmin();
  const { agents, error, refetch } = useAgents();
  const active = agents?.filter(({ isActive }) => isActive);
  const storageKey = `parley:agent:${user.id}`;
  const [chosenId, setChosenId] = useState(() => readStored(storageKey));
  const chosen = active?.find(({ id }) => id === chosenId) ?? active?.[0];
  const [isCreating, setIsCreating] = useState(false);
  const [problem, setProblem] = useState<string>();
  const navigate = useNavigate();

  const start = async (agent: Agent, content: string): Promise<boolean> => {
    setIsCreating(true);
    setProblem(undefined);
    try {
      const chatId = await parley.startChat({ agentId: agent.id, content });
      void navigate({ to: '/c/$chatId', params: { chatId } });
      return true;
    } catch (failure) {
      parley.reportError(failure);
      setProblem(explainError(failure));
      return false;
    } finally {
      setIsCreating(false);
    }
  };

  return (
    <>
      <PageHeader>
        <h1 className="truncate text-sm font-semibold md:sr-only">New chat</h1>
      </PageHeader>
      {active === undefined ? (
        error === null ? (
          <FullPage title="Parley">
            <Spinner label="Loading agents" />
          </FullPage>
        ) : (
          <FullPage icon={<Bot />} title="Cannot load the agents">
            <p role="alert">{explainError(error)}</p>
            <Button onClick={refetch}>Try again</Button>
          </FullPage>
        )
      ) : chosen === undefined ? (
        <FullPage icon={<Bot />} title="No agent available">
          <p>
            {isAdmin
              ? 'Create an agent, or turn one on, under Administration.'
              : 'Ask an admin of your team to set one up.'}
          </p>
        </FullPage>
      ) : (
        <main className="flex min-h-0 flex-1 flex-col">
          <div className="min-h-0 flex-1 overflow-y-auto">
            <div className="mx-auto flex min-h-full w-full max-w-[48rem] flex-col justify-center gap-6 px-4 py-8 md:px-6">
              <h2 className="text-center text-2xl font-semibold tracking-tight">
                Who would you like to talk to?
              </h2>
              <AgentChoice
                agents={active}
                chosenId={chosen.id}
                onChoose={(id) => {
                  setChosenId(id);
                  writeStored(storageKey, id);
                }}
              />
              {problem === undefined ? null : (
                <Notice kind="error">{problem} Your message is saved below.</Notice>
              )}
            </div>
          </div>
          <ConnectionBar />
          <Composer
            draftId="new"
            isBusy={isCreating}
            placeholder={`Write to ${chosen.name}`}
            onSend={(content) => start(chosen, content)}
          />
        </main>
      )}
    </>
  );
}

function AgentChoice({
  agents,
  chosenId,
  onChoose,
}: {
  agents: Agent[];
  chosenId: string;
  onChoose: (id: string) => void;
}) {
  return (
    <fieldset className="grid gap-2.5 sm:grid-cols-2">
      <legend className="sr-only">Agent</legend>
      {agents.map((agent) => (
        <label
          key={agent.id}
          className="flex cursor-pointer items-start gap-3 rounded-xl border border-line bg-raised p-3.5 transition-colors has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent [&:not(:has(:checked))]:hover:bg-hover"
        >
          <input
            type="radio"
            name="agent"
            className="sr-only"
            aria-label={agent.name}
            aria-describedby={`about-${agent.id}`}
            checked={agent.id === chosenId}
            onChange={() => onChoose(agent.id)}
          />
          <Avatar name={agent.name} url={agent.avatarUrl} className="size-9 text-sm" />
          <span className="min-w-0">
            <span className="block truncate text-sm font-medium">{agent.name}</span>
            <span id={`about-${agent.id}`} className="line-clamp-2 text-sm text-muted">
              {agent.description}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
