// Runs the demo agent on loopback until SIGINT or SIGTERM: `node src/main.ts [--port 8010]`.
import { parseArgs } from 'node:util';
import { startDemoAgent } from './start-demo-agent.ts';

const DEFAULT_PORT = 8010;

try {
  const agent = await startDemoAgent({ port: readPort() });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void agent.close());
  console.log(`Demo agent listening. Webhooks (POST):
  ${agent.url}/demo/n8n   like a streaming n8n workflow
  ${agent.url}/demo/sse   server-sent events
  ${agent.url}/demo/json  one JSON value`);
} catch (error) {
  console.error(`demo-agent: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function readPort(): number {
  const { values } = parseArgs({ options: { port: { type: 'string', default: String(DEFAULT_PORT) } } });
  const port = Number(values.port);
  if (/^\d+$/.test(values.port) && port <= 65_535) return port;
  throw new Error(`--port must be a number from 0 (any free port) to 65535, not "${values.port}"`);
}
