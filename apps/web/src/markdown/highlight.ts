// Highlights code with lowlight, which returns a tree instead of HTML. Loaded when the first block of code is complete.
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import powershell from 'highlight.js/lib/languages/powershell';
import { common, createLowlight } from 'lowlight';
import { terraform } from './terraform.ts';

export type Highlighted = string | { className: string; children: Highlighted[] };

type Tree = ReturnType<ReturnType<typeof createLowlight>['highlight']>;

const lowlight = createLowlight({ ...common, dockerfile, powershell, terraform });

/** Undefined for an unknown language. */
export function highlight(code: string, language: string): Highlighted[] | undefined {
  return lowlight.registered(language) ? simplify(lowlight.highlight(language, code).children) : undefined;
}

function simplify(nodes: Tree['children']): Highlighted[] {
  return nodes.flatMap((node): Highlighted[] => {
    if (node.type === 'text') return [node.value];
    if (node.type !== 'element') return [];
    const { className } = node.properties;
    return [
      {
        className: Array.isArray(className) ? className.join(' ') : '',
        // The types of children differ by a doctype only, and lowlight creates none.
        children: simplify(node.children),
      },
    ];
  });
}
