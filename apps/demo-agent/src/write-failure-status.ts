// Sends an HTTP error status. 403, 404 and 500 have the texts and headers of n8n 2.41.
import { STATUS_CODES, type ServerResponse } from 'node:http';
import { sendJson } from './write-json.ts';

const NOT_ACTIVE_HINT =
  "The workflow must be active for a production URL to run successfully. You can activate the workflow using the toggle in the top-right of the editor. Note that unlike test URL calls, production URL calls aren't shown on the canvas (only in the executions list)";

/** @param path the webhook's path, which a 404 names */
export function writeFailureStatus(response: ServerResponse, status: number, path: string): void {
  if (status === 403) {
    response.writeHead(403, { 'WWW-Authenticate': 'Basic realm="Webhook"' });
    response.end('Authorization data is wrong!');
    return;
  }
  sendJson(response, status, bodyOf(status, path));
}

function bodyOf(status: number, path: string) {
  if (status === 500) return { message: 'Error in workflow' };
  if (status === 404) {
    const message = `The requested webhook "POST ${path.replace(/^\//, '')}" is not registered.`;
    return { code: 404, message, hint: NOT_ACTIVE_HINT };
  }
  return { message: `The demo agent answers ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() };
}
