// `parley user list`, `set-role`, `disable`, `enable` and `invite`: an operator does what an admin of the team can do.
import { createInvite, createInviteInput, setActive, setRole } from '@parley/api';
import { forTeam, members, type DB, type MemberRow } from '@parley/db';
import type { Kysely } from 'kysely';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { formatTable, printResult } from '../print-result.ts';
import { chooseDatabase } from './choose-database.ts';
import { getMember, getTeam } from './find-account.ts';
import { withDatabase } from './with-database.ts';

export interface UserOptions extends OutputOptions {
  team: string;
}

type Role = 'user' | 'admin';

const PAGE_ITEMS = 500;

export async function listUsers(options: UserOptions, context: CommandContext): Promise<void> {
  const found = await withDatabase(chooseDatabase(options, context), async (db) => {
    const { id } = await getTeam(db, options.team);
    return listMembers(forTeam(db, id), id);
  });
  const rows = found.map(({ email, displayName, role, isActive, id }) => {
    return [email, displayName, role, isActive ? 'active' : 'disabled', id];
  });
  const text =
    rows.length === 0
      ? 'The team has no users.'
      : formatTable(['EMAIL', 'NAME', 'ROLE', 'STATE', 'ID'], rows);
  printResult(context.terminal, options, found, text);
}

/** Newest first. */
async function listMembers(db: Kysely<DB>, teamId: string): Promise<MemberRow[]> {
  const found: MemberRow[] = [];
  for (;;) {
    const page = await members.list(db, { teamId, beforeId: found.at(-1)?.id, limit: PAGE_ITEMS });
    found.push(...page);
    if (page.length < PAGE_ITEMS) return found;
  }
}

export async function setUserRole(
  email: string,
  role: Role,
  options: UserOptions,
  context: CommandContext,
): Promise<void> {
  const changed = await withDatabase(chooseDatabase(options, context), async (db) => {
    const { team, member } = await getMember(db, { team: options.team, email });
    const scope = { db: forTeam(db, team.id) };
    return setRole(scope, { operatorOf: { teamId: team.id } }, { userId: member.id, role });
  });
  printResult(context.terminal, options, changed, `${changed.email} is now ${roleWord(role)}.`);
}

export async function setUserActive(
  email: string,
  isActive: boolean,
  options: UserOptions,
  context: CommandContext,
): Promise<void> {
  const changed = await withDatabase(chooseDatabase(options, context), async (db) => {
    const { team, member } = await getMember(db, { team: options.team, email });
    const scope = { db: forTeam(db, team.id) };
    return setActive(scope, { operatorOf: { teamId: team.id } }, { userId: member.id, isActive });
  });
  const what = isActive ? 'can log in again.' : 'is disabled and logged out everywhere.';
  printResult(context.terminal, options, changed, `${changed.email} ${what}`);
}

export async function inviteUser(
  options: UserOptions & { role: Role; hours: string },
  context: CommandContext,
): Promise<void> {
  const input = createInviteInput.safeParse({ role: options.role, expiresInHours: Number(options.hours) });
  if (!input.success) throw new UsageError('--hours must be a whole number from 1 to 720.');
  const { token, ...invite } = await withDatabase(chooseDatabase(options, context), async (db) => {
    const team = await getTeam(db, options.team);
    return createInvite({ db: forTeam(db, team.id) }, { operatorOf: { teamId: team.id } }, input.data);
  });
  const { publicUrl } = context.environment;
  const link = publicUrl === undefined ? null : `${publicUrl.replace(/\/+$/, '')}/register#invite=${token}`;
  context.terminal.note(
    `This invite makes one person ${roleWord(invite.role)} and expires at ${invite.expiresAt}. It is not shown again.`,
  );
  printResult(context.terminal, options, { ...invite, token, link }, link ?? token);
}

function roleWord(role: Role): string {
  return role === 'admin' ? 'an admin' : 'a user';
}
