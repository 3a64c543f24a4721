// A link of an answer: it opens in a new tab without a referrer. URLs of other kinds than these stay text.
import type { ReactNode } from 'react';

const PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);

export function SafeLink({ url, children }: { url: string | undefined; children: ReactNode }) {
  const parsed = url === undefined ? null : URL.parse(url);
  if (parsed === null || !PROTOCOLS.has(parsed.protocol)) return <span>{children}</span>;
  return (
    <a href={parsed.href} target="_blank" rel="noopener noreferrer nofollow" title={parsed.href}>
      {children}
    </a>
  );
}
