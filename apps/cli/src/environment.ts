// The environment variables that commands read. Secrets come from here, since every user of a machine can see its command lines.
import os from 'node:os';
import path from 'node:path';

export interface Environment {
  password: string | undefined;
  apiKey: string | undefined;
  url: string | undefined;
  sessionFile: string;
  webhookToken: string | undefined;
  signingSecret: string | undefined;
  /** The server's Postgres. Unset: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  /** For LISTEN, where `databaseUrl` leads to a pooler in transaction mode. */
  databaseListenUrl: string | undefined;
  dataDir: string;
  publicUrl: string | undefined;
  encryptionKey: string | undefined;
  /** All variables, for `parley doctor`, which parses them as the server does. */
  variables: Record<string, string | undefined>;
}

export function readEnvironment(all: Record<string, string | undefined>): Environment {
  // In an .env file, `PARLEY_URL=` means the default, like a missing line.
  const variables = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  const configDir = variables['XDG_CONFIG_HOME'] ?? path.join(os.homedir(), '.config');
  return {
    password: variables['PARLEY_PASSWORD'],
    apiKey: variables['PARLEY_API_KEY'],
    url: variables['PARLEY_URL'],
    sessionFile: variables['PARLEY_SESSION_FILE'] ?? path.join(configDir, 'parley', 'session.json'),
    webhookToken: variables['PARLEY_WEBHOOK_TOKEN'],
    signingSecret: variables['PARLEY_SIGNING_SECRET'],
    databaseUrl: variables['DATABASE_URL'],
    databaseListenUrl: variables['DATABASE_LISTEN_URL'],
    dataDir: variables['PARLEY_DATA_DIR'] ?? '.parley',
    publicUrl: variables['PUBLIC_URL'],
    encryptionKey: variables['ENCRYPTION_KEY'],
    variables,
  };
}
