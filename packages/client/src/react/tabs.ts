// Messages between the tabs of one browser, so that all of them show the same without polling the server.
export type TabMessage = { type: 'chat'; chatId: string } | { type: 'chats' } | { type: 'session' };

export class Tabs {
  readonly #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('parley') : undefined;

  constructor() {
    // Node.js: an open channel would keep a server that renders pages alive.
    if (this.#channel !== undefined && 'unref' in this.#channel && typeof this.#channel.unref === 'function')
      this.#channel.unref();
  }

  /** Reaches the other tabs only, never this one. */
  broadcast(message: TabMessage): void {
    // A channel reaches its own origin only; the rule is meant for windows.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#channel?.postMessage(message);
  }

  /** The returned function removes the listener. */
  listen(listener: (message: TabMessage) => void): () => void {
    const onMessage = ({ data }: MessageEvent<TabMessage>): void => listener(data);
    this.#channel?.addEventListener('message', onMessage);
    return () => this.#channel?.removeEventListener('message', onMessage);
  }
}
