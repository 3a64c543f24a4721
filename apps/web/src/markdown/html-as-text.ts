// A remark plugin that shows HTML in an answer as text instead of rendering or dropping it.

/** The part of mdast that the plugin needs. */
interface MarkdownNode {
  type: string;
  value?: string;
  children?: MarkdownNode[];
}

const BLOCKS = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

export function htmlAsText() {
  return (tree: MarkdownNode): void => replaceHtml(tree);
}

function replaceHtml(node: MarkdownNode): void {
  if (node.children === undefined) return;
  node.children = node.children.map((child) => {
    replaceHtml(child);
    if (child.type !== 'html') return child;
    const text = { type: 'text', value: child.value ?? '' };
    return BLOCKS.has(node.type) ? { type: 'paragraph', children: [text] } : text;
  });
}
