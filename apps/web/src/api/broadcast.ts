// Messages between the tabs of one browser, so that all of them show the same without polling the server.
export type BroadcastMessage = { type: 'chat'; chatId: string } | { type: 'chats' } | { type: 'session' };

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('parley') : undefined;

/** Reaches the other tabs only, never this one. */
export function broadcast(message: BroadcastMessage): void {
  // A channel reaches its own origin only; the rule is meant for windows.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel?.postMessage(message);
}

export function onBroadcast(listener: (message: BroadcastMessage) => void): () => void {
  const onMessage = ({ data }: MessageEvent<BroadcastMessage>): void => listener(data);
  channel?.addEventListener('message', onMessage);
  return () => channel?.removeEventListener('message', onMessage);
}
