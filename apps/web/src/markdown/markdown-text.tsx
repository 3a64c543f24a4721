// Renders an answer as Markdown. Answers are untrusted: HTML is shown as text, the rest passes rehype-sanitize, links
// open in a new tab without a referrer, and images become links, since loading one could leak a secret in its URL.
import { memo, type ComponentProps } from 'react';
import { defaultRehypePlugins, defaultRemarkPlugins, Streamdown, type StreamdownProps } from 'streamdown';
import { CodeBlock } from './code-block.tsx';
import { htmlAsText } from './html-as-text.ts';

const { sanitize } = defaultRehypePlugins;
const remarkPlugins = [...Object.values(defaultRemarkPlugins), htmlAsText];
const rehypePlugins = sanitize === undefined ? [] : [sanitize];
if (rehypePlugins.length === 0) throw new Error('streamdown has no sanitizer');

const components: StreamdownProps['components'] = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => (
    <SafeLink href={typeof src === 'string' ? src : undefined}>{alt || 'Image'}</SafeLink>
  ),
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  code: ({ children }) => <code>{children}</code>,
  table: ({ children }) => (
    <div className="markdown-table" tabIndex={0} role="region" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
};

const MarkdownText = memo(function MarkdownText({
  text,
  isStreaming,
}: {
  text: string;
  isStreaming: boolean;
}) {
  return (
    <Streamdown
      className="markdown"
      components={components}
      remarkPlugins={remarkPlugins}
      rehypePlugins={rehypePlugins}
      parseIncompleteMarkdown={isStreaming}
      isAnimating={isStreaming}
      linkSafety={{ enabled: false }}
      dir="auto"
    >
      {text}
    </Streamdown>
  );
});

// React.lazy() requires a default export.
// oxlint-disable-next-line import/no-default-export
export default MarkdownText;

function SafeLink({ href, children }: ComponentProps<'a'>) {
  const url = href === undefined ? null : URL.parse(href);
  if (url === null || !['http:', 'https:', 'mailto:'].includes(url.protocol)) return <span>{children}</span>;
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow" title={url.href}>
      {children}
    </a>
  );
}
