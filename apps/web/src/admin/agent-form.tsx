import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient, trpc } from '../api/api.ts';
import { explainError, fieldErrorsOf } from '../api/explain-error.ts';
import type { Agent } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField, TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.ts';
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
        setFields((current) => ({ ...current, webhookToken: '' }));
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
    const { webhookToken, systemPrompt, name, description, webhookUrl, isActive, protocol } = fields;
    const input = {
      name,
      description,
      webhookUrl,
      isActive,
      protocol,
      systemPrompt: systemPrompt.trim() === '' ? null : systemPrompt,
      config: config.value,
      // An empty field leaves the token unchanged.
      ...(webhookToken === '' ? {} : { webhookToken }),
    };
    if (agent === undefined) create.mutate(input);
    else update.mutate({ id: agent.id, ...input });
  };
  const text = (
    name: 'name' | 'description' | 'webhookUrl' | 'webhookToken' | 'systemPrompt' | 'config',
  ) => ({
    name,
    value: fields[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
  });
  const isUrlChanged = agent?.hasWebhookToken === true && fields.webhookUrl !== agent.webhookUrl;

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
        onChange={(protocol) => setFields({ ...fields, protocol })}
      />
      <TextField
        label="Webhook URL"
        type="url"
        required
        placeholder="https://n8n.example.com/webhook/chat"
        hint={
          fields.protocol === 'openai'
            ? 'The base URL of the API, such as https://api.example.com/v1. Enter the API key as the token, and the model as “model” in the config.'
            : 'For n8n, the production URL of a published workflow.'
        }
        {...text('webhookUrl')}
      />
      <TextField
        label="Webhook token"
        type="password"
        autoComplete="off"
        placeholder={agent?.hasWebhookToken === true ? 'Leave empty to keep the saved token' : 'No token'}
        hint={
          isUrlChanged
            ? 'A new URL removes the saved token. Enter the token again if the new webhook needs one.'
            : 'Sent as “Authorization: Bearer …”. Stored encrypted and never shown again.'
        }
        {...text('webhookToken')}
      />
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
      <label className="flex items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={fields.isActive}
          onChange={(event) => setFields({ ...fields, isActive: event.target.checked })}
        />
        Active: members can chat with this agent
      </label>
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

function fieldsOf(agent: Agent | undefined) {
  return {
    name: agent?.name ?? '',
    description: agent?.description ?? '',
    webhookUrl: agent?.webhookUrl ?? '',
    webhookToken: '',
    systemPrompt: agent?.systemPrompt ?? '',
    config: JSON.stringify(agent?.config ?? {}, null, 2),
    isActive: agent?.isActive ?? true,
    protocol: agent?.protocol ?? ('webhook' as const),
  };
}
