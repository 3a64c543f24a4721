// `parley user set-role`, `disable`, `enable` and `invite`: an operator does what an admin of the team can do.
import { createInvite, createInviteInput, setActive, setRole } from '@parley/api';
import { forTeam } from '@parley/db';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { printResult } from '../print-result.ts';
import { getMember, getTeam } from './find-account.ts';
import { withDatabase } from './with-database.ts';

export interface UserOptions extends OutputOptions {
  team: string;
}

type Role = 'user' | 'admin';

export async function setUserRole(
  email: string,
  role: Role,
  options: UserOptions,
  { terminal, environment }: CommandContext,
): Promise<void> {
  const changed = await withDatabase(environment, async (db) => {
    const { team, member } = await getMember(db, { team: options.team, email });
    const scope = { db: forTeam(db, team.id) };
    return setRole(scope, { operatorOf: { teamId: team.id } }, { userId: member.id, role });
  });
  printResult(terminal, options, changed, `${changed.email} is now ${roleWord(role)}.`);
}

export async function setUserActive(
  email: string,
  isActive: boolean,
  options: UserOptions,
  { terminal, environment }: CommandContext,
): Promise<void> {
  const changed = await withDatabase(environment, async (db) => {
    const { team, member } = await getMember(db, { team: options.team, email });
    const scope = { db: forTeam(db, team.id) };
    return setActive(scope, { operatorOf: { teamId: team.id } }, { userId: member.id, isActive });
  });
  const what = isActive ? 'can log in again.' : 'is disabled and logged out everywhere.';
  printResult(terminal, options, changed, `${changed.email} ${what}`);
}

export async function inviteUser(
  options: UserOptions & { role: Role; hours: string },
  { terminal, environment }: CommandContext,
): Promise<void> {
  const input = createInviteInput.safeParse({ role: options.role, expiresInHours: Number(options.hours) });
  if (!input.success) throw new UsageError('--hours must be a whole number from 1 to 720.');
  const { token, ...invite } = await withDatabase(environment, async (db) => {
    const team = await getTeam(db, options.team);
    return createInvite({ db: forTeam(db, team.id) }, { operatorOf: { teamId: team.id } }, input.data);
  });
  const { publicUrl } = environment;
  const link = publicUrl === undefined ? null : `${publicUrl.replace(/\/+$/, '')}/register#invite=${token}`;
  terminal.note(
    `This invite makes one person ${roleWord(invite.role)} and expires at ${invite.expiresAt}. It is not shown again.`,
  );
  printResult(terminal, options, { ...invite, token, link }, link ?? token);
}

function roleWord(role: Role): string {
  return role === 'admin' ? 'an admin' : 'a user';
}
