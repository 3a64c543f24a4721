import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient, trpc } from '../api/api.ts';
import { explainError, fieldErrorsOf } from '@parley/client';
import type { Agent } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField, TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.ts';
import { AgentAnswerFields, CheckField } from './agent-answer-fields.tsx';
import { AgentAuthFields } from './agent-auth-fields.tsx';
import { fieldsOf, inputOf, type AgentFields } from './agent-fields.ts';
import { readConfig } from './read-config.ts';

const PROTOCOLS = [
  { value: 'webhook', label: 'Webhook, such as an n8n workflow' },
  { value: 'openai', label: 'OpenAI-compatible endpoint' },
] as const;

export function AgentForm({ agent }: { agent: Agent | undefined }) {
  const navigate = useNavigate();
  const [fields, setFields] = useState(() => fieldsOf(agent));
  const [isDeleting, setIsDeleting] = useState(false);
  const config = readConfig(fields.config);
  const change = (changes: Partial<AgentFields>): void =>
    setFields((current) => ({ ...current, ...changes }));

  const saved = async (message: string): Promise<void> => {
    toast(message);
    await queryClient.invalidateQueries({ queryKey: trpc.agent.pathKey() });
  };
  const create = useMutation(
    trpc.agent.create.mutationOptions({
      async onSuccess({ id }) {
        await saved('Agent created');
        await navigate({ to: '/admin/agents/$agentId', params: { agentId: id } });
      },
    }),
  );
  const update = useMutation(
    trpc.agent.update.mutationOptions({
      async onSuccess() {
        change({ webhookToken: '', authUser: '' });
        await saved('Agent saved');
      },
    }),
  );
  const remove = useMutation(
    trpc.agent.delete.mutationOptions({
      async onSuccess() {
        await navigate({ to: '/admin/agents' });
        await saved('Agent deleted');
      },
      onError: (error) => toast(explainError(error), 'error'),
    }),
  );
  const { error, isPending } = agent === undefined ? create : update;
  const errors = fieldErrorsOf(error);

  const save = (): void => {
    if (config.problem !== undefined) return;
    const input = { ...inputOf(fields), config: config.value };
    if (agent === undefined) create.mutate(input);
    else update.mutate({ id: agent.id, ...input });
  };
  const text = (name: 'name' | 'description' | 'webhookUrl' | 'systemPrompt' | 'config') => ({
    name,
    value: fields[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  });

  return (
    <form
      className="flex max-w-2xl flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField label="Name" required maxLength={100} {...text('name')} />
      <TextField
        label="Description"
        maxLength={1000}
        hint="Shown to members when they choose an agent."
        {...text('description')}
      />
      <SelectField
        label="Protocol"
        value={fields.protocol}
        options={PROTOCOLS}
        onChange={(protocol) => change({ protocol })}
      />
      <TextField
        label="Webhook URL"
        type="url"
        required
        placeholder="https://n8n.example.com/webhook/chat"
        hint={
          fields.protocol === 'openai'
            ? 'The base URL of the API, such as https://api.example.com/v1. Enter the API key as a bearer token, and the model as “model” in the config.'
            : 'For n8n, the production URL of a published workflow.'
        }
        {...text('webhookUrl')}
      />
      <AgentAuthFields agent={agent} fields={fields} errors={errors} onChange={change} />
      <TextAreaField
        label="System prompt"
        rows={4}
        hint="Sent with each message, for workflows that use it."
        {...text('systemPrompt')}
      />
      <TextAreaField
        label="Config"
        rows={4}
        spellCheck={false}
        className="[&_textarea]:font-mono [&_textarea]:text-xs"
        hint="A JSON object, sent to the webhook with each message."
        {...text('config')}
        error={config.problem ?? errors['config']}
      />
      <AgentAnswerFields fields={fields} errors={errors} onChange={change} />
      <CheckField
        label="Active: members can chat with this agent"
        isChecked={fields.isActive}
        onChange={(isActive) => change({ isActive })}
      />
      {error === null || Object.keys(errors).length > 0 ? null : (
        <Notice kind="error">{explainError(error)}</Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" disabled={isPending || config.problem !== undefined}>
          {agent === undefined ? 'Create agent' : 'Save'}
        </Button>
        {agent === undefined ? null : (
          <Button look="ghost" className="ml-auto text-danger" onClick={() => setIsDeleting(true)}>
            Delete agent
          </Button>
        )}
      </div>
      {isDeleting && agent !== undefined ? (
        <ConfirmDialog
          title={`Delete ${agent.name}?`}
          description="Members can still read its chats, but cannot send new messages."
          action="Delete"
          isPending={remove.isPending}
          onConfirm={() => remove.mutate({ id: agent.id })}
          onClose={() => setIsDeleting(false)}
        />
      ) : null}
    </form>
  );
}
