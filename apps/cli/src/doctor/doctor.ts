// `parley doctor`: checks everything that a server needs, and changes nothing.
import { inspectDatabase } from '@parley/db';
import type { Config } from '@parley/server/config';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import type { Environment } from '../environment.ts';
import { noteDatabase } from '../operator/choose-database.ts';
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

/** @returns whether there are no problems and, with `--strict`, no warnings */
export async function doctor(options: DoctorOptions, context: CommandContext): Promise<boolean> {
  const { terminal, environment } = context;
  noteDatabase(options, context);
  const { findings, config } = checkEnvironment(environment.variables);
  findings.push(...(await inspect(environment)));
  const isUsable = !findings.some(({ check, level }) => level !== 'ok' && !separateChecks.has(check));
  if (isUsable && config !== undefined) findings.push(...(await checkRows(config, context)));
  else findings.push(...skipped);

  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const isSound = problems === 0 && (options.strict !== true || warnings === 0);
  const lines = findings.map(({ check, level, message }) => `${level.padEnd(7)}  ${check}: ${message}`);
  const summary =
    problems + warnings === 0 ? 'No problems found.' : `${problems} problems, ${warnings} warnings.`;
  printResult(terminal, options, { isSound, findings }, [...lines, '', summary].join('\n'));
  return isSound;
}

/** A finding of these leaves the rows readable for the later checks. */
const separateChecks: ReadonlySet<Finding['check']> = new Set([
  'environment',
  'database login',
  'database writes',
]);

const skipped: Finding[] = (['secrets', 'webhooks'] as const).map((check) => ({
  check,
  level: 'skipped',
  message: 'Not checked, because of the findings above.',
}));

async function inspect({ databaseUrl, databaseListenUrl, dataDir }: Environment): Promise<Finding[]> {
  try {
    const inspection = await inspectDatabase(
      databaseUrl === undefined ? { dataDir } : { url: databaseUrl, listenUrl: databaseListenUrl },
    );
    if (inspection !== undefined) return checkDatabase(inspection);
    const message = `There is no embedded database in ${dataDir} yet: the first start of the server creates one.`;
    return [{ check: 'database', level: 'warning', message }];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ check: 'database', level: 'problem', message }];
  }
}

/** Runs only on an up-to-date database, so opening it migrates nothing. */
function checkRows(config: Config, { environment, terminal }: CommandContext): Promise<Finding[]> {
  const onProgress = (checked: number): void => terminal.note(`Connected to ${checked} webhooks so far.`);
  const { databaseUrl, dataDir } = environment;
  const location = databaseUrl === undefined ? { dataDir } : { url: databaseUrl };
  return withDatabase(location, async (db) => [
    await checkSecrets(db, config),
    ...(await checkWebhooks(db, config, onProgress)),
  ]);
}
