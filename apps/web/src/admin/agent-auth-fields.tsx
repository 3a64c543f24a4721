import type { ReactNode } from 'react';
import type { Agent } from '../api/types.ts';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { keepsCredentials, type AgentFields } from './agent-fields.ts';

const KINDS = [
  { value: 'none', label: 'None' },
  { value: 'bearer', label: 'Bearer token' },
  { value: 'basic', label: 'Basic Auth' },
  { value: 'header', label: 'Header Auth' },
] as const;

/** How Parley authenticates to the webhook. */
export function AgentAuthFields({
  agent,
  fields,
  errors,
  onChange,
}: {
  agent: Agent | undefined;
  fields: AgentFields;
  errors: Record<string, string>;
  onChange: (changes: Partial<AgentFields>) => void;
}) {
  const { auth } = fields;
  const isKept = keepsCredentials(fields, agent);
  const text = (name: 'authHeader' | 'authUser' | 'webhookToken') => ({
    name,
    value: fields[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => onChange({ [name]: event.target.value }),
  });
  const secret = (label: string, hint: ReactNode) => (
    <TextField
      label={label}
      type="password"
      autoComplete="off"
      required={!isKept}
      placeholder={isKept ? 'Leave empty to keep the saved one' : ''}
      hint={agent?.hasWebhookToken === true && !isKept ? REMOVED : hint}
      {...text('webhookToken')}
    />
  );
  return (
    <>
      <SelectField
        label="Authentication"
        value={auth}
        options={KINDS}
        onChange={(kind) => onChange({ auth: kind, webhookToken: '', authUser: '' })}
      />
      {auth === 'bearer'
        ? secret(
            'Webhook token',
            'Sent as “Authorization: Bearer …”. Stored encrypted and never shown again.',
          )
        : null}
      {auth === 'basic' ? (
        <>
          <TextField
            label="User"
            autoComplete="off"
            required={!isKept}
            placeholder={isKept ? 'Leave empty to keep the saved one' : ''}
            {...text('authUser')}
          />
          {secret('Password', 'As in n8n’s Basic Auth credential. Stored encrypted and never shown again.')}
        </>
      ) : null}
      {auth === 'header' ? (
        <>
          <TextField
            label="Header name"
            required
            maxLength={100}
            placeholder="X-API-Key"
            hint="The Name of n8n’s Header Auth credential."
            {...text('authHeader')}
          />
          {secret(
            'Header value',
            'The Value of n8n’s Header Auth credential. Stored encrypted and never shown again.',
          )}
        </>
      ) : null}
    </>
  );
}

const REMOVED =
  'A new URL and another kind of authentication remove the saved credentials: enter the new ones.';
