// A bar chart of the answers per day, with a table of the same figures for users who cannot see or hover.
import type { UsageRow } from './usage-days.ts';

const WIDTH = 720;
const HEIGHT = 180;
const GAP = 0.25;

const dayFormat = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

export function UsageChart({ rows }: { rows: (UsageRow & { key: string })[] }) {
  const total = rows.reduce((sum, { runs }) => sum + runs, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  const highest = niceCeiling(Math.max(1, ...rows.map(({ runs }) => runs)));
  const step = WIDTH / rows.length;
  const y = (value: number): number => HEIGHT - (value / highest) * HEIGHT;
  return (
    <figure className="rounded-xl border border-line bg-raised p-5">
      <figcaption className="mb-4 flex flex-wrap items-baseline gap-x-6 gap-y-1 text-sm">
        <span>
          <span className="text-2xl font-semibold tracking-tight tabular-nums">
            {total.toLocaleString('en')}
          </span>{' '}
          <span className="text-muted">answers</span>
        </span>
        <Legend className="bg-accent" label="complete" count={total - failed} />
        <Legend className="bg-danger" label="failed" count={failed} />
      </figcaption>
      <svg
        role="img"
        aria-label={`${total} answers in ${rows.length} days, ${failed} failed. The table below lists the daily figures.`}
        viewBox={`-36 -8 ${WIDTH + 36} ${HEIGHT + 32}`}
        className="w-full text-[11px]"
      >
        {[0, highest / 2, highest].map((value) => (
          <g key={value}>
            <line x1={0} x2={WIDTH} y1={y(value)} y2={y(value)} className="stroke-line" />
            <text x={-8} y={y(value) + 4} textAnchor="end" className="fill-muted">
              {value.toLocaleString('en')}
            </text>
          </g>
        ))}
        {rows.map((row, index) => (
          <g key={row.key} transform={`translate(${(index + GAP / 2) * step} 0)`}>
            <title>{`${dayFormat.format(new Date(row.key))}: ${row.runs} answers, ${row.failed} failed`}</title>
            <rect y={0} width={step * (1 - GAP)} height={HEIGHT} className="fill-transparent" />
            <rect
              y={y(row.runs)}
              width={step * (1 - GAP)}
              height={HEIGHT - y(row.runs - row.failed)}
              rx={2}
              className="fill-accent"
            />
            <rect
              y={y(row.failed)}
              width={step * (1 - GAP)}
              height={HEIGHT - y(row.failed)}
              rx={2}
              className="fill-danger"
            />
            {index % Math.ceil(rows.length / 7) === 0 ? (
              <text x={(step * (1 - GAP)) / 2} y={HEIGHT + 20} textAnchor="middle" className="fill-muted">
                {dayFormat.format(new Date(row.key))}
              </text>
            ) : null}
          </g>
        ))}
      </svg>
      <details className="mt-3 text-sm">
        <summary className="cursor-pointer text-muted">Daily figures</summary>
        <div className="mt-2 max-h-64 overflow-y-auto" tabIndex={0} role="group" aria-label="Daily figures">
          <table className="w-full tabular-nums">
            <thead className="text-left text-muted">
              <tr>
                <th className="py-1 font-medium">Day</th>
                <th className="py-1 text-right font-medium">Answers</th>
                <th className="py-1 text-right font-medium">Failed</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key} className="border-t border-line">
                  <td className="py-1">{row.key}</td>
                  <td className="py-1 text-right">{row.runs}</td>
                  <td className="py-1 text-right">{row.failed}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function Legend({ className, label, count }: { className: string; label: string; count: number }) {
  return (
    <span className="flex items-center gap-1.5 text-muted">
      <span aria-hidden className={`size-2.5 rounded-sm ${className}`} />
      {count.toLocaleString('en')} {label}
    </span>
  );
}

/** The top of the axis: the next of 2, 4, 10, 20, 40, 100 and so on. Each is even, so that half of it is an integer. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [2, 4, 10, 20].map((factor) => factor * power).find((candidate) => candidate >= value) ?? value;
}
