import { TRPCError } from '@trpc/server';

/** The inputs of a request by the index of their call: read when the first procedure asks, once. */
export class RequestInputs {
  /** Forgotten once it has been used: a subscription holds on to this object for as long as it lasts. */
  #load: (() => Promise<unknown[]>) | undefined;
  #loading: Promise<unknown[]> | undefined;
  #inputs: unknown[] = [];

  constructor(load: () => Promise<unknown[]>) {
    this.#load = load;
  }

  /** @throws TRPCError BAD_REQUEST where they cannot be read, PAYLOAD_TOO_LARGE */
  async read(index: number): Promise<unknown> {
    if (this.#load !== undefined) {
      this.#loading = this.#load().catch(refuse);
      this.#load = undefined;
    }
    if (this.#loading !== undefined) {
      this.#inputs = await this.#loading;
      this.#loading = undefined;
    }
    return this.#inputs[index];
  }

  /** What has been read already; undefined before. */
  peek(index: number): unknown {
    return this.#inputs[index];
  }
}

function refuse(cause: unknown): never {
  if (cause instanceof TRPCError) throw cause;
  const message = cause instanceof Error ? cause.message : 'Invalid input';
  throw new TRPCError({ code: 'BAD_REQUEST', message, cause });
}
