import { ConfigError, readConfig, type Config } from '@parley/server/config';
import type { Finding } from './finding.ts';

/** Parses the environment as the server does. No config: the server would not start. */
export function checkEnvironment(variables: Record<string, string | undefined>): {
  findings: Finding[];
  config: Config | undefined;
} {
  try {
    const config = readConfig(variables);
    return { findings: [...describe(config)], config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = error.message.replaceAll(/\s*\n\s*- /g, ' ');
    return { findings: [{ check: 'environment', level: 'problem', message }], config: undefined };
  }
}

function* describe(config: Config): Generator<Finding> {
  const { isProduction, databaseUrl, encryptionKeys, publicUrl, trustedProxies } = config;
  // Parley itself speaks plain HTTP.
  if (publicUrl?.startsWith('https:') === true && trustedProxies.isEmpty) {
    const message =
      'PUBLIC_URL is https://, so a proxy forwards all requests, but TRUSTED_PROXIES is not set: all clients share the address of the proxy, and its rate limits. Set it to the address of the proxy.';
    yield { check: 'environment', level: 'warning', message };
  }
  if (isProduction && publicUrl === undefined) {
    const message =
      'PUBLIC_URL is not set, so cookies are not Secure. Set it to the https:// address that browsers use.';
    yield { check: 'environment', level: 'warning', message };
    return;
  }
  if (databaseUrl !== undefined && encryptionKeys === undefined) {
    const message = `ENCRYPTION_KEY is not set: the server uses the key in ${config.dataDir}/secrets.json. All instances need the same key.`;
    yield { check: 'environment', level: 'warning', message };
    return;
  }
  const where = databaseUrl === undefined ? `the embedded database in ${config.dataDir}` : 'DATABASE_URL';
  const mode = isProduction ? 'Production' : 'Development';
  yield { check: 'environment', level: 'ok', message: `${mode} mode, on ${where}.` };
}
