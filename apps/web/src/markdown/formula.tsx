// A formula in LaTeX, drawn by KaTeX, which is loaded with the first formula. KaTeX's commands that make links, load pictures
// or add HTML are off, and it bounds sizes and the expansion of macros.
import { useLayoutEffect, useRef } from 'react';
import type * as Katex from './katex.ts';
import { useLazy, type Lazy } from './use-lazy.ts';

const katex: Lazy<typeof Katex> = { load: () => import('./katex.ts') };

/** Longer formulas are shown as their source. */
const MAX_CHARS = 2_000;

export function Formula({ formula, isDisplay }: { formula: string; isDisplay: boolean }) {
  const element = useRef<HTMLElement>(null);
  const drawing = useLazy(katex, formula.length <= MAX_CHARS);
  useLayoutEffect(() => {
    if (element.current !== null) drawing?.drawFormula(element.current, formula, isDisplay);
  }, [drawing, formula, isDisplay]);
  // KaTeX writes the element's content. A new key gives it an element that React has not filled.
  return drawing === undefined ? (
    <code dir="ltr" className={isDisplay ? 'block' : undefined}>
      {formula}
    </code>
  ) : (
    <span
      ref={element}
      dir="ltr"
      className={isDisplay ? 'formula formula-display' : 'formula'}
      tabIndex={isDisplay ? 0 : undefined}
    />
  );
}
