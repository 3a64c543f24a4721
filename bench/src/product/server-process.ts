// Runs the whole server as `npm start` does: `server-process.ts <environment as JSON>`.
import { readConfig, startServer } from '@parley/server';
import pino from 'pino';
import { profileCommands } from '../measure/cpu-profile.ts';
import { readUsage, type Usage } from '../measure/usage.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import { z } from 'zod';

const environment = z.record(z.string(), z.string()).parse(JSON.parse(process.argv[2] ?? '{}'));
const config = readConfig(environment);
const server = await startServer(config, pino({ level: config.logLevel }, pino.destination(2)));

const commands = {
  ...profileCommands,
  url: (): string => server.url,
  usage: (): Usage => readUsage(),
};

export type ServerCommands = typeof commands;

serveCommands(commands);
