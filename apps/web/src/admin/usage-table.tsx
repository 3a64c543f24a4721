import type { UsageRow } from './usage-days.ts';

const number = new Intl.NumberFormat('en');
const seconds = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function UsageTable({ label, rows, unnamed }: { label: string; rows: UsageRow[]; unnamed: string }) {
  if (rows.length === 0)
    return <p className="text-sm text-muted">No usage in this period. Choose another range.</p>;
  return (
    <div
      className="overflow-x-auto rounded-xl border border-line bg-raised"
      tabIndex={0}
      role="group"
      aria-label={label}
    >
      <table className="w-full text-sm tabular-nums">
        <thead className="text-left text-muted">
          <tr className="[&>th]:px-4 [&>th]:py-2 [&>th]:font-medium [&>th]:whitespace-nowrap">
            <th>Name</th>
            <th className="text-right">Answers</th>
            <th className="text-right">Failed</th>
            <th className="text-right">Chats</th>
            <th className="text-right">Average time</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} className="border-t border-line [&>td]:px-4 [&>td]:py-2">
              <td className="max-w-64 truncate">{row.label ?? unnamed}</td>
              <td className="text-right">{number.format(row.runs)}</td>
              <td className="text-right">{number.format(row.failed)}</td>
              <td className="text-right">{number.format(row.chats)}</td>
              <td className="text-right">
                {row.averageMs === null ? '–' : `${seconds.format(row.averageMs / 1000)} s`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
