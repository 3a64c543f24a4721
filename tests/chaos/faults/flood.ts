// Overloads one instance: more text at once than its memory has room for. Its users must not notice more than answers that end early
// with OVERLOADED, and refusals.
import { randomUUID } from 'node:crypto';
import { createClient, followRun, type Client } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import { follow, reasonOf } from '../clients/follower.ts';
import { tapAcknowledgements } from '../clients/tap-acknowledgements.ts';
import type { ServerSlot } from '../cluster/server-slot.ts';
import type { TappedAgent } from '../cluster/start-agent.ts';
import { PASSWORD, TEAMS } from '../cluster/start-cluster.ts';
import type { History } from '../history.ts';

/** Together 12 MB, twice what an instance with a heap of 128 MB keeps of its answers. */
const ANSWERS = 60;
const ANSWER_CHARS = 200_000;
/** No answer is complete before the others have taken the memory. */
const HOLD_MS = 2_000;
/** A user may have 32 streams. */
const FOLLOWERS = 20;
const MAX_CALL_MS = 10_000;
/** The flood is over by then, whatever happens to the instance. */
const MAX_MS = 12_000;

let floods = 0;

export async function flood(
  { port }: Pick<ServerSlot, 'port'>,
  agent: TappedAgent,
  history: History,
): Promise<void> {
  floods += 1;
  const over = AbortSignal.timeout(MAX_MS);
  const fetch = tapAcknowledgements(history);
  const client = createClient({ url: `http://127.0.0.1:${port}`, cookies: new CookieJar(), fetch });
  const [begin, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  agent.setFlood({ textOf, begin: begin.promise, finish: finish.promise });
  try {
    const runs = await startRuns(client, `${agent.origin}/flood`, `flood${floods}`, history);
    begin.resolve();
    setTimeout(finish.resolve, HOLD_MS);
    await Promise.all(
      runs.slice(0, FOLLOWERS).map((run, index) =>
        follow(followRun(client, { ...run, signal: over }), history, {
          followId: `flood${floods}-${index}`,
          cursor: 'none',
        }),
      ),
    );
  } catch {
    // Another fault hit the instance before the flood had begun.
  } finally {
    begin.resolve();
    finish.resolve();
  }
}

interface FloodRun {
  chatId: string;
  runId: string;
}

async function startRuns(
  client: Client,
  webhookUrl: string,
  name: string,
  history: History,
): Promise<FloodRun[]> {
  const [team] = TEAMS;
  await client.auth.login.mutate({ email: `admin@${team}.example`, password: PASSWORD, team });
  const { id: agentId } = await client.agent.create.mutate({ name, webhookUrl });
  const numbers = Array.from({ length: ANSWERS }, (_, index) => index);
  const chats = await Promise.all(numbers.map(() => client.chat.create.mutate({ agentId })));
  const runs = await Promise.all(
    chats.map(({ id: chatId }, index) => send(client, chatId, `${name}-${index}`, history)),
  );
  return runs.filter((run) => run !== undefined);
}

async function send(
  client: Client,
  chatId: string,
  content: string,
  history: History,
): Promise<FloodRun | undefined> {
  const messageId = randomUUID();
  history.append({ type: 'send', messageId, chatId, content, expected: textOf(content) });
  try {
    const { runId } = await client.chat.send.mutate(
      { chatId, messageId, content },
      { signal: AbortSignal.timeout(MAX_CALL_MS) },
    );
    return { chatId, runId };
  } catch (error) {
    history.append({ type: 'send-failed', messageId, reason: reasonOf(error) });
    return undefined;
  }
}

/** A long text that names the message and each place in it. */
function textOf(message: string): string {
  const words: string[] = [];
  for (let chars = 0; chars < ANSWER_CHARS; chars += words.at(-1)?.length ?? 0)
    words.push(`${message}:${words.length} `);
  return words.join('').trimEnd();
}
