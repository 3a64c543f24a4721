// The child process of process.test.ts: `node follow-until-exit.ts <url> <email> <password> <chatId> <what>`
import { CookieJar } from 'tough-cookie';
import { createClient, sendMessage } from '../../src/index.ts';

const [url = '', email = '', password = '', chatId = '', what] = process.argv.slice(2);
const client = createClient({ url, cookies: new CookieJar() });
await client.auth.login.mutate({ email, password });
const controller = new AbortController();
try {
  for await (const event of sendMessage(client, { chatId, content: 'Hello', signal: controller.signal })) {
    if (event.type === 'message') process.stdout.write(event.data.content);
    if (event.type === 'message' && what === 'break') break;
    if (event.type === 'message' && what === 'abort') controller.abort(new Error('aborted by the program'));
  }
} catch (error) {
  process.stdout.write(`|${error instanceof Error ? error.message : 'no error'}`);
}
process.stdout.write('|end');
