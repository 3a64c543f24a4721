// The network between one client and the cluster. Like a load balancer, it spreads connections over the ready instances, and
// sometimes over others, since a balancer notices changes late. It cuts connections by plan.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ServerSlot } from '../cluster/server-slot.ts';
import type { History } from '../history.ts';
import type { Random } from '../seeded-random.ts';
import { boundaries, createResponseCutter, type Boundary, type CutPlan } from './boundary.ts';

export interface NetworkLinkOptions {
  client: string;
  slots: readonly Pick<ServerSlot, 'port' | 'isReady'>[];
  random: Random;
  history: History;
  /** The probability that a connection is cut; 0 for a reliable network. */
  cutChance: number;
  /** The probability that a connection goes to any instance, ready or not. */
  strayChance: number;
  /** Plans the cut of a connection. Default: a random plan. */
  planCut?: (random: Random) => CutPlan;
  /** The time after which a silent connection is reset. Default: 6,000. */
  silenceMs?: number;
}

const DEFAULT_SILENCE_MS = 6_000;

export class NetworkLink {
  readonly #options: NetworkLinkOptions;
  readonly #server: Server;
  readonly #connections = new Set<() => void>();
  #isCalm = false;

  private constructor(options: NetworkLinkOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(options: NetworkLinkOptions): Promise<NetworkLink> {
    const link = new NetworkLink(options);
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string')
      throw new Error('The link does not listen on a port.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Resets every connection and returns their number. */
  cutAll(): number {
    const count = this.#connections.size;
    for (const cut of this.#connections) cut();
    return count;
  }

  /** Stops cutting new connections. */
  calm(): void {
    this.#isCalm = true;
  }

  async close(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    // All random values are drawn for every connection, so that the next one does not depend on the outcome of this one.
    const { random, slots, cutChance, strayChance } = this.#options;
    const isCut = random.chance(cutChance);
    const plan = (this.#options.planCut ?? planAnyCut)(random);
    const isStray = random.chance(strayChance);
    const choice = random.next();
    const ready = slots.filter((slot) => slot.isReady);
    const candidates = isStray || ready.length === 0 ? slots : ready;
    const target = candidates[Math.floor(choice * candidates.length)];
    if (target === undefined) throw new Error('A link needs at least one instance.');
    this.#connect(client, target.port, isCut && !this.#isCalm ? plan : undefined);
  }

  #connect(client: Socket, port: number, plan: CutPlan | undefined): void {
    if (plan?.boundary === 'connect') {
      this.#noteCut(plan.boundary);
      client.resetAndDestroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    const both = [client, server];
    for (const socket of both) socket.setNoDelay(true);
    let isOver = false;
    let isSilent = false;
    const timers: NodeJS.Timeout[] = [];
    const end = (isReset: boolean): void => {
      if (isOver) return;
      isOver = true;
      this.#connections.delete(reset);
      for (const timer of timers) clearTimeout(timer);
      for (const socket of both) {
        if (isReset) socket.resetAndDestroy();
        else socket.destroySoon();
      }
    };
    const reset = (): void => end(true);
    const cut = ({ boundary, isReset }: CutPlan): void => {
      this.#noteCut(boundary);
      end(isReset);
    };
    this.#connections.add(reset);

    let requestBytes = 0;
    client.on('data', (chunk) => {
      if (isOver || isSilent) return;
      requestBytes += chunk.length;
      if (plan?.boundary === 'in-request' && requestBytes > plan.count) {
        server.write(chunk.subarray(0, Math.max(0, chunk.length - (requestBytes - plan.count))));
        cut(plan);
      } else {
        server.write(chunk);
      }
    });
    const cutter = plan === undefined ? undefined : createResponseCutter(plan);
    server.on('data', (chunk) => {
      if (isOver || isSilent) return;
      const at = cutter?.(chunk) ?? -1;
      if (at === -1 || plan === undefined) {
        client.write(chunk);
        return;
      }
      client.write(chunk.subarray(0, at), () => cut(plan));
      isSilent = true;
    });
    for (const socket of both) {
      // Forwards the end or the failure of either side to the other.
      socket.on('end', () => end(false));
      socket.on('error', reset);
      socket.on('close', reset);
    }
    if (plan?.boundary === 'any-time') timers.push(setTimeout(() => cut(plan), plan.count));
    if (plan?.boundary === 'silence') {
      timers.push(
        setTimeout(() => {
          isSilent = true;
          this.#noteCut(plan.boundary);
          timers.push(setTimeout(reset, this.#options.silenceMs ?? DEFAULT_SILENCE_MS));
        }, plan.count),
      );
    }
  }

  #noteCut(boundary: Boundary): void {
    this.#options.history.append({ type: 'cut', client: this.#options.client, boundary });
  }
}

function planAnyCut(random: Random): CutPlan {
  const boundary = random.pick(boundaries);
  const isReset = random.chance(0.7);
  const few = random.between(1, 40);
  const many = random.between(1, 600);
  const longer = random.between(50, 4_000);
  const counts: Partial<Record<Boundary, number>> = {
    'in-request': many,
    'in-response-head': many,
    'any-time': longer,
    silence: longer,
  };
  return { boundary, count: counts[boundary] ?? few, isReset };
}
