// Reads the few HTML elements that answers may contain: `<br>`, `<sub>`, `<sup>` and `<kbd>` within a line, and `<details>`
// with its `<summary>`. Attributes are dropped. All other HTML stays text.
import type { Html, Parent, Root, RootContent } from 'mdast';

const NAMES = ['br', 'sub', 'sup', 'kbd', 'details', 'summary'] as const;
type ElementName = (typeof NAMES)[number];

declare module 'mdast' {
  interface ElementNode extends Parent {
    type: 'element';
    name: ElementName;
    /** The answer ends, or ends so far, before the element's end tag. */
    isUnclosed?: boolean;
    children: RootContent[];
  }
  interface RootContentMap {
    element: ElementNode;
  }
  interface PhrasingContentMap {
    element: ElementNode;
  }
}

type Item = RootContent | { type: 'tag'; name: ElementName; isEnd: boolean; source: string };

/** Elements beyond this depth stay text. */
const MAX_OPEN = 20;

const BREAKS = /^(?:\s*<br\s*\/?>)+\s*$/i;
const INLINE_TAG = /^<(\/?)(br|sub|sup|kbd)(?:\s[^<>]*)?\/?>$/i;
const BLOCK_TAG = /<(\/?)(details|summary)(?:\s[^<>]*)?>/gi;
/** These hold blocks; other parents hold the content of a line. */
const OF_BLOCKS = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

/** @param parse parses the text between the tags of a block of HTML */
export function readHtmlElements(parent: Parent, parse: (text: string) => Root): void {
  for (const child of parent.children) if ('children' in child) readHtmlElements(child, parse);
  if (!parent.children.some(({ type }) => type === 'html')) return;
  const isOfBlocks = OF_BLOCKS.has(parent.type);
  parent.children = nest(
    parent.children.flatMap((child): Item[] => {
      if (child.type !== 'html') return [child];
      return isOfBlocks ? readBlock(child, parse) : [readInline(child)];
    }),
    isOfBlocks,
  );
}

function readInline({ value }: Html): Item {
  const [, slash, name] = INLINE_TAG.exec(value) ?? [];
  return name === undefined ? { type: 'text', value } : tag(name, slash, value);
}

function tag(written: string, slash: string | undefined, source: string): Item {
  const name = NAMES.find((known) => known === written.toLowerCase());
  return name === undefined
    ? { type: 'text', value: source }
    : { type: 'tag', name, isEnd: slash === '/', source };
}

function readBlock({ value }: Html, parse: (text: string) => Root): Item[] {
  if (BREAKS.test(value)) return [{ type: 'element', name: 'br', children: [] }];
  const items: Item[] = [];
  let end = 0;
  const readText = (text: string): void => {
    if (text.trim() !== '') items.push(...parse(text.trim()).children);
  };
  for (const { 0: source, 1: slash, 2: name = '', index } of value.matchAll(BLOCK_TAG)) {
    readText(value.slice(end, index));
    items.push(tag(name, slash, source));
    end = index + source.length;
  }
  if (end === 0) return [paragraph(value)];
  readText(value.slice(end));
  return items;
}

/** Nests what is between a start tag and its end tag. Only `<details>` may lack its end, since an answer may be cut. */
function nest(items: Item[], isOfBlocks: boolean): RootContent[] {
  const open: { name: ElementName; source: string; children: RootContent[] }[] = [];
  const root: RootContent[] = [];
  const add = (...nodes: RootContent[]): void => void (open.at(-1)?.children ?? root).push(...nodes);
  const addText = (source: string): void =>
    add(isOfBlocks ? paragraph(source) : { type: 'text', value: source });
  const close = (isEnded: boolean): void => {
    const last = open.pop();
    if (last === undefined) return;
    const { name, source, children } = last;
    if (isEnded) return add({ type: 'element', name, children });
    if (name === 'details') return add({ type: 'element', name, isUnclosed: true, children });
    addText(source);
    add(...children);
  };
  for (const item of items) {
    if (item.type !== 'tag') add(item);
    else if (item.name === 'br') add({ type: 'element', name: 'br', children: [] });
    else if (!item.isEnd && open.length < MAX_OPEN) open.push({ ...item, children: [] });
    else if (item.isEnd && open.some(({ name }) => name === item.name)) {
      while (open.at(-1)?.name !== item.name) close(false);
      close(true);
    } else addText(item.source);
  }
  while (open.length > 0) close(false);
  return root;
}

function paragraph(value: string): RootContent {
  return { type: 'paragraph', children: [{ type: 'text', value }] };
}
