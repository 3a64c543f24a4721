import { isValidElement, useEffect, useState, type ReactNode } from 'react';
import { useIsCodeFenceIncomplete } from 'streamdown';
import { CopyButton } from '../ui/copy-button.tsx';
import type { Highlighted } from './highlight.ts';

/** Highlighting longer code is too slow. */
const MAX_HIGHLIGHTED_CHARS = 50_000;

/** A block of code with its language and a copy button, highlighted once it is complete. */
export function CodeBlock({ children }: { children: ReactNode }) {
  const { code, language } = readCode(children);
  const isIncomplete = useIsCodeFenceIncomplete();
  const highlighted = useHighlighted(code, language, !isIncomplete && code.length <= MAX_HIGHLIGHTED_CHARS);
  return (
    <figure className="code-block">
      <figcaption>
        <span>{language ?? 'text'}</span>
        <CopyButton label="Copy code" text={code} />
      </figcaption>
      <pre tabIndex={0}>
        <code>{highlighted === undefined ? code : render(highlighted)}</code>
      </pre>
    </figure>
  );
}

function useHighlighted(
  code: string,
  language: string | undefined,
  isWanted: boolean,
): Highlighted[] | undefined {
  const [result, setResult] = useState<{ code: string; nodes: Highlighted[] | undefined }>();
  useEffect(() => {
    if (!isWanted || language === undefined) return;
    let isLatest = true;
    void import('./highlight.ts').then(
      ({ highlight }) => isLatest && setResult({ code, nodes: highlight(code, language) }),
      // The code stays without highlighting.
      () => {},
    );
    return () => {
      isLatest = false;
    };
  }, [code, language, isWanted]);
  return result?.code === code ? result.nodes : undefined;
}

function render(nodes: Highlighted[]): ReactNode {
  return nodes.map((node, index) =>
    typeof node === 'string' ? (
      node
    ) : (
      // The order of the nodes never changes.
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={node.className}>
        {render(node.children)}
      </span>
    ),
  );
}

/** The `<code>` that Markdown puts into a `<pre>`. */
function readCode(children: ReactNode): { code: string; language: string | undefined } {
  if (!isValidElement<{ className?: string; children?: ReactNode }>(children))
    return { code: '', language: undefined };
  const { className = '', children: content } = children.props;
  return {
    code: textOf(content).replace(/\n$/, ''),
    language: /language-([\w+#.-]+)/.exec(className)?.[1],
  };
}

function textOf(content: ReactNode): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part: ReactNode) => textOf(part)).join('') : '';
}
