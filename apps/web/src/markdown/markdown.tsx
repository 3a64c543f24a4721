// The Markdown renderer, which is loaded beside the page. A chat is shown once the renderer is there, so that its first paint is
// formatted.
import { createElement, useSyncExternalStore } from 'react';
import type { MarkdownText } from './markdown-text.tsx';

let renderer: typeof MarkdownText | 'missing' | undefined;
const listeners = new Set<() => void>();

void import('./markdown-text.tsx')
  .then(
    (module) => (renderer = module.MarkdownText),
    // Answers stay plain text.
    () => (renderer = 'missing'),
  )
  .finally(() => {
    for (const listener of listeners) listener();
  });

/** Whether answers can be shown. */
export function useIsMarkdownReady(): boolean {
  return useSyncExternalStore(subscribe, () => renderer !== undefined);
}

export function Markdown({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  const loaded = useSyncExternalStore(subscribe, () => renderer);
  return loaded === undefined || loaded === 'missing' ? (
    <div className="wrap-anywhere whitespace-pre-wrap">{text}</div>
  ) : (
    createElement(loaded, { text, isStreaming })
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
