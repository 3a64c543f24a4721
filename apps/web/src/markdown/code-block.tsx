import { useMemo, type ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { Diagram } from './diagram.tsx';
import type * as Highlighter from './highlight.ts';
import { useLazy, type Lazy } from './use-lazy.ts';

const highlighter: Lazy<typeof Highlighter> = { load: () => import('./highlight.ts') };

/** Highlighting longer code is too slow. */
const MAX_HIGHLIGHTED_CHARS = 50_000;

/** A block of code with its language and a copy button, highlighted once it is complete. Mermaid's code is drawn. */
export function CodeBlock({ info, code, isClosed }: { info: string; code: string; isClosed: boolean }) {
  const language = /^[\w+#.-]+/.exec(info)?.[0];
  const block = <PlainCode code={code} language={language} isClosed={isClosed} />;
  return language === 'mermaid' && isClosed ? <Diagram code={code}>{block}</Diagram> : block;
}

function PlainCode({
  code,
  language,
  isClosed,
}: {
  code: string;
  language: string | undefined;
  isClosed: boolean;
}) {
  const isWanted = isClosed && language !== undefined && code.length <= MAX_HIGHLIGHTED_CHARS;
  const highlight = useLazy(highlighter, isWanted)?.highlight;
  const highlighted = useMemo(
    () => (language === undefined ? undefined : highlight?.(code, language)),
    [highlight, code, language],
  );
  return (
    <figure className="code-block" dir="ltr">
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

function render(nodes: Highlighter.Highlighted[]): ReactNode {
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
