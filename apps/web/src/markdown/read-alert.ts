import type { Blockquote, RootContent } from 'mdast';

const KINDS = ['note', 'tip', 'important', 'warning', 'caution'] as const;
export type AlertKind = (typeof KINDS)[number];

const MARK = /^\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)/i;

/** GitHub's alerts are quotes whose first line is a mark, such as `[!NOTE]`. */
export function readAlert({
  children,
}: Blockquote): { kind: AlertKind; children: RootContent[] } | undefined {
  const [first, ...others] = children;
  if (first?.type !== 'paragraph') return undefined;
  const [text, ...rest] = first.children;
  const mark = text?.type === 'text' ? MARK.exec(text.value) : null;
  const kind = KINDS.find((known) => known === mark?.[1]?.toLowerCase());
  if (text?.type !== 'text' || mark === null || kind === undefined) return undefined;
  const value = text.value.slice(mark[0].length);
  const isEmpty = rest.length === 0 && value === '';
  return {
    kind,
    children: isEmpty ? others : [{ ...first, children: [{ ...text, value }, ...rest] }, ...others],
  };
}
