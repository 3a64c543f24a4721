// What the blocks of an answer refer to in other blocks: definitions of links, and footnotes.
import type { Block } from './split-blocks.ts';

/** More definitions in one answer stay text. */
const MAX_DEFINITIONS = 500;

const LINK_DEFINITION = /^ {0,3}\[([^\][\n]{1,200})\]:[ \t]*\S.*$/gm;
const FOOTNOTE_REFERENCE = /\[\^([^\]\s]{1,100})\]/g;
const LABEL = /\[([^\][\n]{1,200})\]/g;
const INLINE_CODE = /(`+)[^`\n]+\1/g;

interface Names {
  /** The definitions of links in the block, by label. */
  definitions: Map<string, string>;
  footnotes: string[];
  labels: Set<string>;
}

const NONE: Names = { definitions: new Map(), footnotes: [], labels: new Set() };
/** Blocks are kept while an answer grows, so that each is read once. */
const known = new WeakMap<Block, Names>();

export interface References {
  /** Markdown to parse in front of each block: the definitions that it uses. */
  before: string[];
  /** The numbers of the block's footnotes, such as `note=1`; a `+` marks the block with the first reference. */
  numbers: string[];
  /** The footnotes by their order. Those without a reference are last. */
  footnotes: { number: number; block: Block & { type: 'footnote' } }[];
}

export function findReferences(blocks: Block[]): References {
  const names = blocks.map(namesIn);
  const definitions = new Map(
    names
      .flatMap((name) => [...name.definitions])
      .slice(0, MAX_DEFINITIONS)
      .toReversed(),
  );
  const notes = new Map<string, Block & { type: 'footnote' }>();
  for (const block of blocks) {
    if (block.type === 'footnote' && notes.size < MAX_DEFINITIONS && !notes.has(normalize(block.label)))
      notes.set(normalize(block.label), block);
  }
  const numbers = new Map<string, { number: number; first: number }>();
  for (const [index, { footnotes }] of names.entries()) {
    for (const label of footnotes) {
      if (notes.has(label) && !numbers.has(label))
        numbers.set(label, { number: numbers.size + 1, first: index });
    }
  }
  for (const label of notes.keys()) {
    if (!numbers.has(label)) numbers.set(label, { number: numbers.size + 1, first: -1 });
  }
  const used = ({ footnotes }: Names): string[] =>
    [...new Set(footnotes)].filter((label) => notes.has(label));
  return {
    before: names.map((name) => {
      const links = [...name.labels].flatMap((label) =>
        name.definitions.has(label) ? [] : (definitions.get(label) ?? []),
      );
      return [...links, ...used(name).map((label) => `[^${label}]: -`)].join('\n\n');
    }),
    numbers: names.map((name, index) =>
      used(name)
        .map(
          (label) =>
            `${label}=${numbers.get(label)?.number ?? 0}${numbers.get(label)?.first === index ? '+' : ''}`,
        )
        .join('\n'),
    ),
    footnotes: [...notes]
      .map(([label, block]) => ({ number: numbers.get(label)?.number ?? 0, block }))
      .toSorted((one, other) => one.number - other.number),
  };
}

export function readNumbers(numbers: string): Map<string, { number: number; isFirst: boolean }> {
  const read = new Map<string, { number: number; isFirst: boolean }>();
  for (const [, label = '', number, plus] of numbers.matchAll(/^(.+)=(\d+)(\+?)$/gm))
    read.set(label, { number: Number(number), isFirst: plus === '+' });
  return read;
}

function namesIn(block: Block): Names {
  if ((block.type !== 'text' && block.type !== 'footnote') || !block.text.includes('[')) return NONE;
  const names = known.get(block) ?? readNames(block.text);
  known.set(block, names);
  return names;
}

function readNames(text: string): Names {
  const prose = text.replaceAll(INLINE_CODE, '');
  return {
    definitions: new Map(
      [...text.matchAll(LINK_DEFINITION)].map(([line, label = '']) => [normalize(label), line.trim()]),
    ),
    footnotes: [...prose.matchAll(FOOTNOTE_REFERENCE)].map(([, label = '']) => normalize(label)),
    labels: new Set([...prose.matchAll(LABEL)].map(([, label = '']) => normalize(label))),
  };
}

/** As mdast writes identifiers. */
function normalize(label: string): string {
  return label.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
