import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page-frame.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { UsageChart } from './usage-chart.tsx';
import { fillDays, firstDay } from './usage-days.ts';
import { UsageTable } from './usage-table.tsx';

const RANGES = [
  { value: '7', label: 'Last 7 days' },
  { value: '30', label: 'Last 30 days' },
  { value: '90', label: 'Last 90 days' },
] as const;

export function UsagePage() {
  const [range, setRange] = useState<(typeof RANGES)[number]['value']>('30');
  const days = Number(range);
  const from = firstDay(days);
  const byDay = useQuery(trpc.admin.usage.queryOptions({ by: 'day', from, limit: 100 }));
  const byAgent = useQuery(trpc.admin.usage.queryOptions({ by: 'agent', from, limit: 100 }));
  const byUser = useQuery(trpc.admin.usage.queryOptions({ by: 'user', from, limit: 100 }));
  const error = byDay.error ?? byAgent.error ?? byUser.error;
  return (
    <>
      <Section
        title="Answers per day"
        lead="Days are in UTC."
        actions={
          <SelectField label="Range" isLabelHidden value={range} options={RANGES} onChange={setRange} />
        }
      >
        {error === null ? null : <Notice kind="error">{explainError(error)}</Notice>}
        {byDay.data === undefined ? (
          error === null && <Spinner label="Loading usage" />
        ) : (
          <UsageChart rows={fillDays(byDay.data.items, days)} />
        )}
      </Section>
      <Section title="By agent">
        {byAgent.data === undefined ? null : (
          <UsageTable label="Usage by agent" rows={byAgent.data.items} unnamed="Deleted agents" />
        )}
      </Section>
      <Section title="By member">
        {byUser.data === undefined ? null : (
          <UsageTable label="Usage by member" rows={byUser.data.items} unnamed="Former members" />
        )}
      </Section>
    </>
  );
}
