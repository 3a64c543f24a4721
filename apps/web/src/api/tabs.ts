// What one tab tells the others of the same browser, so that all show the same without asking the server again and again.
export type TabNews = { type: 'chat'; chatId: string } | { type: 'chats' } | { type: 'session' };

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('parley') : undefined;

/** Reaches the other tabs only, never this one. */
export function tellTabs(news: TabNews): void {
  // A channel reaches this origin only; it is windows that want a target.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel?.postMessage(news);
}

export function hearTabs(listener: (news: TabNews) => void): () => void {
  const hear = ({ data }: MessageEvent<TabNews>): void => listener(data);
  channel?.addEventListener('message', hear);
  return () => channel?.removeEventListener('message', hear);
}
