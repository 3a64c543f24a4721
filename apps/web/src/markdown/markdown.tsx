// Markdown, rendered by a part of the page that is loaded when it is first needed. Until then, the text as it is.
import { lazy, Suspense } from 'react';

const MarkdownText = lazy(() => import('./markdown-text.tsx'));

export function Markdown({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  return (
    <Suspense fallback={<div className="wrap-anywhere whitespace-pre-wrap">{text}</div>}>
      <MarkdownText text={text} isStreaming={isStreaming} />
    </Suspense>
  );
}
