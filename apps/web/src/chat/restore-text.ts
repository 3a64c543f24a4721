// Passes the text of a withdrawn message back to the composer of its chat.
const listeners = new Map<string, (content: string) => void>();

export function restoreText(draftId: string, content: string): void {
  listeners.get(draftId)?.(content);
}

export function onRestoreText(draftId: string, listener: (content: string) => void): () => void {
  listeners.set(draftId, listener);
  return () => listeners.delete(draftId);
}
