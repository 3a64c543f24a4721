// Parses a block of Markdown to a tree: CommonMark with GitHub's extensions (two tildes strike out, one does not), emphasis
// beside CJK punctuation, formulas, and the few HTML elements of html-elements.ts.
import type { Link, Parent, PhrasingContent, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString } from 'mdast-util-to-string';
import { cjkFriendlyExtension } from 'micromark-extension-cjk-friendly';
import { gfm } from 'micromark-extension-gfm';
import { readHtmlElements } from './html-elements.ts';
import { mathSyntax, mathTree } from './math-syntax.ts';

/** Deeper quotes and lists cost too much to parse and to draw. */
const MAX_DEPTH = 30;
/** The cost of parsing grows with the square of these in one block. */
const MAX_LINES = 1_000;
const MAX_UNDERLINES = 50;
const MAX_MARKS = 3_000;
const MARKS = /[[\]*_~`|<$&\\]/g;
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/;

const extensions = [gfm({ singleTilde: false }), cjkFriendlyExtension(), mathSyntax];
const mdastExtensions = [gfmFromMarkdown(), mathTree];

/** Returns the text itself, as one paragraph, if it is too complex. */
export function parseMarkdown(text: string): Root {
  if (isTooComplex(text)) return plain(text);
  const tree = fromMarkdown(text, { extensions, mdastExtensions });
  readHtmlElements(tree, parseMarkdown);
  endUrlsAtPunctuation(tree);
  return tree;
}

/** The number of characters that may begin markup. */
export function countMarks(text: string): number {
  return text.match(MARKS)?.length ?? 0;
}

function plain(text: string): Root {
  return { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }] };
}

function isTooComplex(text: string): boolean {
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) return true;
  if (countMarks(text) > MAX_MARKS) return true;
  if (lines.filter((line) => UNDERLINE.test(line)).length > MAX_UNDERLINES) return true;
  return lines.some((line) => {
    const containers = /^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*/.exec(line)?.[0] ?? '';
    return containers.replaceAll(/[ \t\d]/g, '').length > MAX_DEPTH || /^[ \t]{100}/.test(line);
  });
}

/** CJK punctuation is no part of a URL, but GitHub's rule reads on to the next space. */
const CJK_PUNCTUATION = String.raw`\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2026`;
const URL_END = new RegExp(`[${CJK_PUNCTUATION}]`);
const BARE_URL = new RegExp(String.raw`https?://[^\s<${CJK_PUNCTUATION}]+`, 'g');

/** Ends bare URLs at CJK punctuation. */
function endUrlsAtPunctuation(parent: Parent): void {
  if (parent.children.some((child) => child.type === 'link' && URL_END.test(child.url)))
    parent.children = parent.children.flatMap((child): RootContent[] =>
      child.type === 'link' ? splitLink(child) : [child],
    );
  for (const child of parent.children) if ('children' in child) endUrlsAtPunctuation(child);
}

function splitLink(link: Link): PhrasingContent[] {
  const text = toString(link);
  const at = text.search(URL_END);
  const isBare = link.url === text || link.url === `http://${text}`;
  if (at <= 0 || !isBare) return [link];
  const url = link.url.slice(0, at + link.url.length - text.length);
  return [linkTo(url, text.slice(0, at)), ...findUrls(text.slice(at))];
}

function findUrls(text: string): PhrasingContent[] {
  const found: PhrasingContent[] = [];
  let end = 0;
  for (const { 0: url, index } of text.matchAll(BARE_URL)) {
    found.push({ type: 'text', value: text.slice(end, index) }, linkTo(url, url));
    end = index + url.length;
  }
  return [...found, { type: 'text', value: text.slice(end) }];
}

function linkTo(url: string, text: string): Link {
  return { type: 'link', url, children: [{ type: 'text', value: text }] };
}
