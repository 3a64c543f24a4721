// Loads the Markdown renderer on first use, and shows the plain text until then.
import { lazy, Suspense } from 'react';

const MarkdownText = lazy(() => import('./markdown-text.tsx'));

export function Markdown({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  return (
    <Suspense fallback={<div className="wrap-anywhere whitespace-pre-wrap">{text}</div>}>
      <MarkdownText text={text} isStreaming={isStreaming} />
    </Suspense>
  );
}
