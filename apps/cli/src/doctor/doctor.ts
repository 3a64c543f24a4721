// `parley doctor`: looks at everything that a server needs, and changes none of it.
import { inspectDatabase } from '@parley/db';
import type { Config } from '@parley/server/config';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import type { Environment } from '../environment.ts';
import { withDatabase } from '../operator/with-database.ts';
import { printResult } from '../print-result.ts';
import { checkDatabase } from './check-database.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkWebhooks } from './check-webhooks.ts';
import type { Finding } from './finding.ts';

export interface DoctorOptions extends OutputOptions {
  strict?: true;
}

/** @returns whether there is no problem and, where it is strict, no warning */
export async function doctor(options: DoctorOptions, context: CommandContext): Promise<boolean> {
  const { terminal, environment } = context;
  const { findings, config } = checkEnvironment(environment.variables);
  findings.push(...(await lookIntoDatabase(environment)));
  const isUsable = !findings.some(({ check, level }) => check !== 'environment' && level !== 'ok');
  if (isUsable && config !== undefined) findings.push(...(await lookAtRows(config, context)));
  else findings.push(...skipped);

  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const isSound = problems === 0 && (options.strict !== true || warnings === 0);
  const lines = findings.map(({ check, level, message }) => `${level.padEnd(7)}  ${check}: ${message}`);
  const summary =
    problems + warnings === 0
      ? 'Everything is as it should be.'
      : `${problems} problems, ${warnings} warnings.`;
  printResult(terminal, options, { isSound, findings }, [...lines, '', summary].join('\n'));
  return isSound;
}

const skipped: Finding[] = (['secrets', 'webhooks'] as const).map((check) => ({
  check,
  level: 'skipped',
  message: 'Not looked at, because of what is above.',
}));

async function lookIntoDatabase({ databaseUrl, dataDir }: Environment): Promise<Finding[]> {
  try {
    const inspection = await inspectDatabase(databaseUrl === undefined ? { dataDir } : { url: databaseUrl });
    if (inspection !== undefined) return checkDatabase(inspection);
    const message = `There is no embedded database in ${dataDir} yet: the first start makes one.`;
    return [{ check: 'database', level: 'warning', message }];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ check: 'database', level: 'problem', message }];
  }
}

/** What is in the database can be read: opening it would change nothing. */
function lookAtRows(config: Config, { environment, terminal }: CommandContext): Promise<Finding[]> {
  const onProgress = (checked: number): void => terminal.note(`Connected to ${checked} webhooks so far.`);
  return withDatabase(environment, async (db) => [
    await checkSecrets(db, config),
    ...(await checkWebhooks(db, config, onProgress)),
  ]);
}
