import type { Nodes } from 'mdast';

const RTL =
  /\p{Script=Hebrew}|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}|\p{Script=Adlam}/u;
const LETTER = /\p{L}/u;

/** The direction of the first letter; undefined without one. Code and formulas have no say, since they are always left to right. */
export function directionOf(node: Nodes): 'ltr' | 'rtl' | undefined {
  if (node.type === 'text') {
    const letter = LETTER.exec(node.value)?.[0];
    return letter === undefined ? undefined : RTL.test(letter) ? 'rtl' : 'ltr';
  }
  if (!('children' in node)) return undefined;
  for (const child of node.children) {
    const direction = directionOf(child);
    if (direction !== undefined) return direction;
  }
  return undefined;
}
