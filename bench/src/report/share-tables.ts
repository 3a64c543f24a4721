import type { Table } from '../benchmark.ts';
import type { ProfileShares } from '../measure/cpu-profile.ts';

const MIN_SHARE = 0.005;
const FUNCTIONS = ': the functions that take most of it';

/** A profile as two tables: whose code, and which functions. */
export function shareTables(title: string, { byOwner, byFunction }: ProfileShares): Table[] {
  const percent = (share: number): number => share * 100;
  return [
    {
      title: `${title}: whose code takes the server's time`,
      rows: byOwner
        .filter(({ share }) => share >= MIN_SHARE)
        .map(({ owner, share }) => ({ code: owner, '% of CPU time': percent(share) })),
    },
    {
      title: `${title}${FUNCTIONS}`,
      rows: byFunction.map(({ function: name, share }) => ({
        function: name,
        '% of CPU time': percent(share),
      })),
    },
  ];
}

export function isFunctionTable({ title }: Table): boolean {
  return title.endsWith(FUNCTIONS);
}
