// The page docs/permissions.md: who may call which procedure, as the procedures declare it.
import { keyScopes } from '@parley/db';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { includesScope } from '../auth/check-scope.ts';
import type { ProcedureMeta } from './procedure-meta.ts';

const head = `# Who may call what

The columns show who may call a procedure: a request without a login, a user and an admin with a session, and an API key by
its scope. A scope includes the ones to its left. "admin" means that the key's user must be an admin at the time of the call.
Ids in a request must belong to the caller's team and, for chats and sessions, to the caller: other ids are answered like
ids that do not exist. Where the key's scope is too small, the response is 403 \`INSUFFICIENT_SCOPE\` with the scope that is
needed; where no key may call the procedure, it is 403 \`SESSION_REQUIRED\`.

\`pnpm generate\` writes this page from the router.

`;

const columns = [
  'Procedure',
  'REST',
  'No login',
  'User',
  'Admin',
  ...keyScopes.map((scope) => `\`${scope}\` key`),
];

export function describePermissions(router: AnyTRPCRouter): string {
  const procedures = Object.entries<AnyTRPCProcedure>(router._def.procedures);
  const rows = procedures.map(([path, { _def: def }]) => rowOf(path, def.meta ?? {}));
  return head + tableOf([columns, ...rows]);
}

function rowOf(path: string, { access = 'anyone', scope, rest }: ProcedureMeta): string[] {
  const isOpen = access === 'anyone';
  const keys = keyScopes.map((held) => {
    if (isOpen) return 'yes';
    if (scope === undefined || !includesScope(held, scope)) return '-';
    return access === 'admin' ? 'admin' : 'yes';
  });
  const may = (isAllowed: boolean): string => (isAllowed ? 'yes' : '-');
  const route = rest === undefined ? '-' : `\`${rest.route}\``;
  return [`\`${path}\``, route, may(isOpen), may(access !== 'admin'), 'yes', ...keys];
}

/** Aligned, as prettier formats tables. */
function tableOf(rows: string[][]): string {
  const widths = columns.map((_, index) => Math.max(3, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |\n`;
  const [first, ...others] = rows.map((row) =>
    line(row.map((cell, index) => cell.padEnd(widths[index] ?? 0))),
  );
  return [first, line(widths.map((width) => '-'.repeat(width))), ...others].join('');
}
