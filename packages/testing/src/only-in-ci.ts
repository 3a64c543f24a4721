/**
 * The globs to exclude from a project: without `CI`, suites that break whole processes, databases and disks, and take most of
 * a minute each. Says what is left out. A run that names files or a project (`npm test -- tests/killed-runs`) has them all.
 */
export function onlyInCI(folder: string, globs: string[]): string[] {
  const isNamed = process.argv.slice(3).some((argument) => !argument.startsWith('-'));
  if (process.env['CI'] !== undefined || isNamed) return [];
  process.stderr.write(
    `*** SKIPPED: ${globs.map((glob) => `${folder}/${glob}`).join(', ')}. CI=1 npm test runs them, too. ***\n`,
  );
  return globs;
}
