// The lower bound for the path from webhook to browser: a node:http server that relays the agent's bytes as they arrive.
import { createServer, request as sendRequest } from 'node:http';
import { readUsage, type Usage } from '../measure/usage.ts';
import { listenOnLoopback } from '../processes/listen-on-loopback.ts';
import { serveCommands } from '../processes/serve-commands.ts';

const [agentUrl = ''] = process.argv.slice(2);

const server = createServer((request, response) => {
  const upstream = sendRequest(agentUrl, { method: 'POST', headers: { 'content-type': 'application/json' } });
  upstream.once('response', (answer) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.pipe(response);
  });
  upstream.once('error', () => response.destroy());
  response.once('close', () => upstream.destroy());
  request.pipe(upstream);
});
const port = await listenOnLoopback(server);

const commands = {
  port: (): number => port,
  usage: (): Usage => readUsage(),
};

export type RelayCommands = typeof commands;

serveCommands(commands);
