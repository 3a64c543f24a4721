import katex from 'katex';
import 'katex/dist/katex.css';

export function drawFormula(element: HTMLElement, formula: string, isDisplay: boolean): void {
  try {
    katex.render(formula, element, {
      displayMode: isDisplay,
      maxExpand: 300,
      maxSize: 20,
      strict: false,
      trust: false,
    });
  } catch {
    // Not LaTeX, or too deep: the reader sees the source.
    const source = document.createElement('code');
    source.textContent = formula;
    element.replaceChildren(source);
  }
}
