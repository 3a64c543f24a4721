import { Link } from '@tanstack/react-router';
import { explainError } from '@parley/client';
import { useAgents } from '../api/use-agents.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page-frame.tsx';
import { Spinner } from '../ui/spinner.tsx';

export function AgentsPage() {
  const { agents, error, refetch } = useAgents();
  return (
    <Section
      title="Agents"
      lead="An agent is a webhook that answers messages, such as an n8n workflow."
      actions={
        <Link
          to="/admin/agents/new"
          className="inline-flex h-9 items-center rounded-lg bg-accent px-3.5 text-sm font-medium text-on-accent hover:bg-accent-hover"
        >
          New agent
        </Link>
      }
    >
      {agents === undefined ? (
        error === null ? (
          <Spinner label="Loading agents" />
        ) : (
          <Notice kind="error">
            <p>{explainError(error)}</p>
            <Button className="mt-2 text-text" onClick={refetch}>
              Try again
            </Button>
          </Notice>
        )
      ) : agents.length === 0 ? (
        <p className="rounded-xl border border-dashed border-line px-4 py-8 text-center text-sm text-muted">
          No agents yet. Create one so that your team can chat with it.
        </p>
      ) : (
        <ul
          aria-label="Agents"
          className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-raised"
        >
          {agents.map((agent) => (
            <li key={agent.id}>
              <Link
                to="/admin/agents/$agentId"
                params={{ agentId: agent.id }}
                className="flex items-center gap-3.5 px-4 py-3 text-sm outline-offset-[-2px] transition-colors hover:bg-hover"
              >
                <Avatar name={agent.name} url={agent.avatarUrl} className="size-9 text-sm" />
                <span className="min-w-0 flex-1">
                  <span className="flex items-center gap-2 font-medium">
                    <span className="truncate">{agent.name}</span>
                    {agent.isActive ? null : <Badge look="warning">Off</Badge>}
                  </span>
                  <span className="block truncate text-muted">{agent.description}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
