// The rich text of a copied answer: its elements without the page's classes, buttons and pictures.

const KEPT_ATTRIBUTES = new Set(['href', 'start', 'dir', 'open', 'xmlns', 'encoding', 'display']);

/** An element with this attribute is copied as preformatted text: the attribute's value. */
export const COPIED_AS = 'data-copied-as';

export function toRichText(element: HTMLElement): string {
  const copy = element.cloneNode(true);
  if (!(copy instanceof HTMLElement)) return '';
  for (const part of copy.querySelectorAll(`[${COPIED_AS}]`)) {
    const block = document.createElement('pre');
    block.textContent = part.getAttribute(COPIED_AS);
    part.replaceWith(block);
  }
  // KaTeX draws a formula twice; word processors understand its MathML.
  for (const formula of copy.querySelectorAll('.katex')) {
    const mathml = formula.querySelector('math');
    if (mathml !== null) formula.replaceWith(mathml);
  }
  for (const part of copy.querySelectorAll('button, svg, img, figcaption, [aria-hidden="true"]'))
    part.remove();
  for (const part of [copy, ...copy.querySelectorAll('*')]) {
    for (const name of part.getAttributeNames()) if (!KEPT_ATTRIBUTES.has(name)) part.removeAttribute(name);
    if (part.getAttribute('dir') === 'ltr') part.removeAttribute('dir');
  }
  return copy.outerHTML;
}
