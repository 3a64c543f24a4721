// Renders an answer as Markdown. Answers are untrusted and can be long: each block is a component, and text beyond a
// limit is shown as it is. render-tree.tsx decides which elements there are.
import { memo, useId, useState } from 'react';
import { CodeBlock } from './code-block.tsx';
import { FootnoteIds, Footnotes } from './footnotes.tsx';
import { Formula } from './formula.tsx';
import { countMarks } from './parse-markdown.ts';
import { findReferences } from './references.ts';
import { splitBlocks, type Block, type Split } from './split-blocks.ts';
import { TextBlock } from './text-block.tsx';

/** More than this is shown without formatting. The cost of a block is about that of parsing so many characters of prose. */
const MAX_BLOCKS = 3_000;
const MAX_COST = 400_000;
const COST_OF_MARK = 20;

export const MarkdownText = memo(function MarkdownText({
  text,
  isStreaming,
}: {
  text: string;
  isStreaming: boolean;
}) {
  const [split] = useState(createSplitter);
  const ids = useId();
  const { blocks, rest } = limit(split(text, !isStreaming), text);
  const { before, numbers, footnotes } = findReferences(blocks);
  return (
    <FootnoteIds value={`${ids}-`}>
      <div className="markdown">
        {blocks.map((block, index) => (
          <BlockView
            key={block.start}
            block={block}
            before={before[index] ?? ''}
            numbers={numbers[index] ?? ''}
            isGrowing={isStreaming && index === blocks.length - 1}
          />
        ))}
        {rest === '' ? null : <div className="whitespace-pre-wrap">{rest}</div>}
        {footnotes.length === 0 ? null : (
          <Footnotes
            notes={footnotes.map(({ number, block }) => {
              const index = blocks.indexOf(block);
              return {
                number,
                content: (
                  <TextBlock
                    text={block.text}
                    before={before[index] ?? ''}
                    numbers={numbers[index] ?? ''}
                    isGrowing={false}
                  />
                ),
              };
            })}
          />
        )}
      </div>
    </FootnoteIds>
  );
});

function BlockView({
  block,
  before,
  numbers,
  isGrowing,
}: {
  block: Block;
  before: string;
  numbers: string;
  isGrowing: boolean;
}) {
  switch (block.type) {
    case 'text':
      return <TextBlock text={block.text} before={before} numbers={numbers} isGrowing={isGrowing} />;
    case 'code':
      return <CodeBlock info={block.info} code={block.code} isClosed={block.isClosed || !isGrowing} />;
    case 'math':
      return block.isClosed ? (
        <Formula formula={block.formula} isDisplay />
      ) : (
        <p className="whitespace-pre-wrap">{block.formula}</p>
      );
    case 'footnote':
      return null;
  }
}

/** Continues from the split of the previous text, if the new text begins with it. */
function createSplitter(): (text: string, isComplete: boolean) => Block[] {
  let last: (Split & { isComplete: boolean }) | undefined;
  return (text, isComplete) => {
    if (last?.source !== text || last.isComplete !== isComplete)
      last = { ...splitBlocks(text, last, isComplete), isComplete };
    return last.blocks;
  };
}

function limit(blocks: Block[], text: string): { blocks: Block[]; rest: string } {
  let cost = 0;
  const end = blocks.findIndex((block, index) => {
    if (block.type === 'text') cost += block.text.length + COST_OF_MARK * countMarks(block.text);
    return index >= MAX_BLOCKS || cost > MAX_COST;
  });
  return end === -1
    ? { blocks, rest: '' }
    : { blocks: blocks.slice(0, end), rest: text.slice(blocks[end]?.start) };
}
