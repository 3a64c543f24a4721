// For test suites that start a server in their own process.
export { readConfig, ConfigError, type Config } from './config.ts';
export { startServer, type RunningServer } from './start-server.ts';
