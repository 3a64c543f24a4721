// A block of ordinary Markdown. It is parsed again only if its own text or a definition that it uses changes.
import { memo, useMemo, type ReactNode } from 'react';
import remend from 'remend';
import { parseMarkdown } from './parse-markdown.ts';
import { readNumbers } from './references.ts';
import { renderTree, type Scope } from './render-tree.tsx';

/** Formulas and HTML complete themselves. */
const GROWING = { katex: false, inlineKatex: false, linkMode: 'text-only' } as const;

export const TextBlock = memo(function TextBlock({
  text,
  before,
  numbers,
  isGrowing,
}: {
  text: string;
  /** The definitions in other blocks that this one uses. */
  before: string;
  /** The numbers of its footnotes. */
  numbers: string;
  /** Whether its end is missing: marks that are open close at the end. */
  isGrowing: boolean;
}) {
  return useMemo(
    () => renderMarkdown({ text: isGrowing ? remend(text, GROWING) : text, before, numbers }),
    [text, before, numbers, isGrowing],
  );
});

function renderMarkdown({
  text,
  before,
  numbers,
}: {
  text: string;
  before: string;
  numbers: string;
}): ReactNode {
  const start = before === '' ? 0 : before.length + 2;
  try {
    const tree = parseMarkdown(start === 0 ? text : `${before}\n\n${text}`);
    const scope: Scope = { urls: new Map(), footnotes: readNumbers(numbers) };
    for (const node of tree.children) {
      if (node.type === 'definition' && !scope.urls.has(node.identifier))
        scope.urls.set(node.identifier, node.url);
    }
    // A node without a position was read from HTML in the text.
    tree.children = tree.children.filter((node) => (node.position?.start.offset ?? start) >= start);
    return renderTree(tree, scope);
  } catch {
    // The nesting is too deep for the stack.
    return <p className="whitespace-pre-wrap">{text}</p>;
  }
}
