// The state of the agent form, and the input that it makes. A limit is a text in the unit of its field; empty is the default.
import type { RouterInputs } from '@parley/client';
import type { Agent } from '../api/types.ts';

type Auth = NonNullable<Agent['auth']>;
type AgentInput = Omit<RouterInputs['agent']['create'], 'config'>;

/** The limits, with the unit in which people enter them. */
export const limitFields = [
  { name: 'firstByteTimeoutMs', label: 'Time to first byte (seconds)', unit: 1_000, default: '300' },
  { name: 'idleTimeoutMs', label: 'Silence in between (seconds)', unit: 1_000, default: '300' },
  { name: 'totalTimeoutMs', label: 'Whole answer (seconds)', unit: 1_000, default: '1800' },
  { name: 'maxTextBytes', label: 'Length of the text (KB)', unit: 1_000, default: '4194' },
] as const;

type LimitName = (typeof limitFields)[number]['name'];

export function fieldsOf(agent: Agent | undefined) {
  const auth: Auth = agent?.auth ?? 'none';
  const limits: Record<LimitName, string> = {
    firstByteTimeoutMs: '',
    idleTimeoutMs: '',
    totalTimeoutMs: '',
    maxTextBytes: '',
  };
  for (const { name, unit } of limitFields) {
    const value = agent?.limits?.[name];
    if (value != null) limits[name] = String(value / unit);
  }
  return {
    name: agent?.name ?? '',
    description: agent?.description ?? '',
    webhookUrl: agent?.webhookUrl ?? '',
    auth,
    authHeader: agent?.authHeader ?? '',
    authUser: '',
    webhookToken: '',
    systemPrompt: agent?.systemPrompt ?? '',
    config: JSON.stringify(agent?.config ?? {}, null, 2),
    isActive: agent?.isActive ?? true,
    protocol: agent?.protocol ?? ('webhook' as const),
    ...limits,
    answerField: agent?.answerField ?? '',
    answerNodes: (agent?.answerNodes ?? []).join('\n'),
    showSteps: agent?.showSteps ?? true,
    showReasoning: agent?.showReasoning ?? true,
  };
}

export type AgentFields = ReturnType<typeof fieldsOf>;

/** Whether the server keeps the saved credentials if no new ones are entered. */
export function keepsCredentials({ auth, webhookUrl }: AgentFields, agent: Agent | undefined): boolean {
  return agent?.hasWebhookToken === true && webhookUrl === agent.webhookUrl && auth === agent.auth;
}

export function inputOf(fields: AgentFields): AgentInput {
  const { name, description, webhookUrl, isActive, protocol, auth, showSteps, showReasoning } = fields;
  const { systemPrompt, answerField, authHeader, authUser, webhookToken } = fields;
  const token =
    auth === 'basic' && (authUser !== '' || webhookToken !== '')
      ? `${authUser}:${webhookToken}`
      : webhookToken;
  return {
    ...{ name, description, webhookUrl, isActive, protocol, auth, showSteps, showReasoning },
    ...(auth === 'header' && { authHeader: authHeader.trim() }),
    // Empty fields leave the saved credentials unchanged.
    ...(auth !== 'none' && token !== '' && { webhookToken: token }),
    systemPrompt: systemPrompt.trim() === '' ? null : systemPrompt,
    limits: Object.fromEntries(
      limitFields.map(({ name: limit, unit }) => [limit, readLimit(fields[limit], unit)]),
    ),
    answerField: answerField.trim() === '' ? null : answerField.trim(),
    answerNodes: fields.answerNodes
      .split('\n')
      .map((node) => node.trim())
      .filter((node) => node !== ''),
  };
}

function readLimit(text: string, unit: number): number | null {
  return text.trim() === '' ? null : Math.round(Number(text) * unit);
}
