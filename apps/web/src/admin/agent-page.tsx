import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page-frame.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { AgentAvatar } from './agent-avatar.tsx';
import { AgentForm } from './agent-form.tsx';
import { AgentTest } from './agent-test.tsx';

export function NewAgentPage() {
  return (
    <Section title="New agent" lead={<BackLink />}>
      <AgentForm agent={undefined} />
    </Section>
  );
}

export function AgentPage() {
  const { agentId } = useParams({ from: '/app/admin/agents/$agentId' });
  const agent = useQuery(trpc.agent.get.queryOptions({ id: agentId }, { refetchOnWindowFocus: false }));
  return (
    <Section title={agent.data?.name ?? 'Agent'} lead={<BackLink />}>
      {agent.data === undefined ? (
        agent.error === null ? (
          <Spinner label="Loading agent" />
        ) : (
          <Notice kind="error">{explainError(agent.error)}</Notice>
        )
      ) : (
        <>
          <AgentAvatar agent={agent.data} />
          <AgentForm key={agent.data.id} agent={agent.data} />
          <AgentTest key={`test ${agent.data.id}`} agentId={agent.data.id} />
        </>
      )}
    </Section>
  );
}

function BackLink() {
  return (
    <Link to="/admin/agents" className="hover:underline">
      All agents
    </Link>
  );
}
