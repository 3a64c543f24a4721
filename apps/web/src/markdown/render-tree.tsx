// Draws a tree of Markdown as React elements. Each element and attribute is written here, and none comes from the answer.
import type { ElementNode, List, ListItem, Nodes, Root, RootContent, Table } from 'mdast';
import { Fragment, type ReactNode } from 'react';
import { Alert } from './alert.tsx';
import { CodeBlock } from './code-block.tsx';
import { FootnoteLink } from './footnotes.tsx';
import { Formula } from './formula.tsx';
import { readAlert } from './read-alert.ts';
import { SafeLink } from './safe-link.tsx';
import { TableBlock } from './table-block.tsx';
import { directionOf } from './text-direction.ts';

/** What the block refers to. */
export interface Scope {
  /** The destinations of links, by the identifier of their definition. */
  urls: Map<string, string>;
  /** The numbers of footnotes, and whether the next reference is the first to its footnote. */
  footnotes: Map<string, { number: number; isFirst: boolean }>;
}

export function renderTree(tree: Root, scope: Scope): ReactNode {
  return renderAll(tree.children, scope);
}

function renderAll(nodes: Nodes[], scope: Scope): ReactNode {
  // A tree has no ids, and its nodes never change their order.
  // oxlint-disable-next-line react/no-array-index-key
  return nodes.map((node, index) => <Fragment key={index}>{render(node, scope)}</Fragment>);
}

function render(node: Nodes, scope: Scope): ReactNode {
  const dir = directionOf(node);
  switch (node.type) {
    case 'text':
    case 'html':
      return node.value;
    case 'paragraph':
      return <p dir={dir}>{renderAll(node.children, scope)}</p>;
    case 'heading': {
      const Heading = `h${node.depth}` as const;
      return <Heading dir={dir}>{renderAll(node.children, scope)}</Heading>;
    }
    case 'thematicBreak':
      return <hr />;
    case 'blockquote': {
      const alert = readAlert(node);
      if (alert === undefined) return <blockquote dir={dir}>{renderAll(node.children, scope)}</blockquote>;
      return <Alert kind={alert.kind}>{renderAll(alert.children, scope)}</Alert>;
    }
    case 'list':
      return renderList(node, scope);
    case 'listItem':
      return renderItem(node, false, scope);
    case 'code':
      return <CodeBlock info={node.lang ?? ''} code={node.value} isClosed />;
    case 'inlineCode':
      return <code dir="ltr">{node.value}</code>;
    case 'emphasis':
      return <em>{renderAll(node.children, scope)}</em>;
    case 'strong':
      return <strong>{renderAll(node.children, scope)}</strong>;
    case 'delete':
      return <del>{renderAll(node.children, scope)}</del>;
    case 'break':
      return <br />;
    case 'math':
      return <Formula formula={node.formula} isDisplay={node.isDisplay} />;
    case 'element':
      return renderElement(node, scope);
    case 'link':
      return <SafeLink url={node.url}>{renderAll(node.children, scope)}</SafeLink>;
    case 'linkReference':
      return <SafeLink url={scope.urls.get(node.identifier)}>{renderAll(node.children, scope)}</SafeLink>;
    case 'image':
      return <SafeLink url={node.url}>{node.alt || 'Image'}</SafeLink>;
    case 'imageReference':
      return <SafeLink url={scope.urls.get(node.identifier)}>{node.alt || 'Image'}</SafeLink>;
    case 'table':
      return renderTable(node, scope);
    case 'footnoteReference': {
      const footnote = scope.footnotes.get(node.identifier);
      if (footnote === undefined) return `[^${node.label ?? node.identifier}]`;
      const { number, isFirst } = footnote;
      footnote.isFirst = false;
      return <FootnoteLink number={number} isFirst={isFirst} />;
    }
    case 'footnoteDefinition':
      return renderAll(node.children, scope);
    default:
      // Definitions are not shown, and no other node occurs in an answer.
      return null;
  }
}

function renderList(list: List, scope: Scope): ReactNode {
  const isLoose =
    list.children.some(({ spread, children }) => spread === true && children.length > 1) ||
    list.spread === true;
  const items = list.children.map((item, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={index}>{renderItem(item, isLoose, scope)}</Fragment>
  ));
  return list.ordered === true ? <ol start={list.start ?? 1}>{items}</ol> : <ul>{items}</ul>;
}

function renderItem(item: ListItem, isLoose: boolean, scope: Scope): ReactNode {
  const isTask = typeof item.checked === 'boolean';
  return (
    <li dir={directionOf(item)} className={isTask ? 'task' : undefined}>
      {isTask ? (
        <input
          type="checkbox"
          checked={item.checked === true}
          disabled
          aria-label={item.checked === true ? 'Done' : 'To do'}
        />
      ) : null}
      {item.children.map((child, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Fragment key={index}>
          {child.type === 'paragraph' && !isLoose ? renderAll(child.children, scope) : render(child, scope)}
        </Fragment>
      ))}
    </li>
  );
}

const alignments = { left: 'text-left', right: 'text-right', center: 'text-center' } as const;

function renderTable({ children: [head, ...rows], align }: Table, scope: Scope): ReactNode {
  const cells = (row: typeof head, Cell: 'th' | 'td'): ReactNode =>
    row?.children.map((cell, index) => {
      const alignment = align?.[index];
      return (
        <Cell
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          dir={directionOf(cell)}
          className={alignment == null ? undefined : alignments[alignment]}
        >
          {renderAll(cell.children, scope)}
        </Cell>
      );
    });
  return (
    <TableBlock dir={head === undefined ? undefined : directionOf(head)}>
      <thead>
        <tr>{cells(head, 'th')}</tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <tr key={index}>{cells(row, 'td')}</tr>
        ))}
      </tbody>
    </TableBlock>
  );
}

function renderElement({ name: Name, isUnclosed, children }: ElementNode, scope: Scope): ReactNode {
  if (Name === 'br') return <br />;
  if (Name === 'summary') return <p>{renderAll(children, scope)}</p>;
  if (Name !== 'details') return <Name>{renderAll(children, scope)}</Name>;
  const summary = children.find(
    (child): child is ElementNode => child.type === 'element' && child.name === 'summary',
  );
  return (
    // What follows a missing end is not hidden.
    <details open={isUnclosed}>
      <summary>{summary === undefined ? 'Details' : renderAll(lineOf(summary.children), scope)}</summary>
      {renderAll(
        children.filter((child) => child !== summary),
        scope,
      )}
    </details>
  );
}

/** A summary is one line: the content of its paragraphs. */
function lineOf(nodes: RootContent[]): RootContent[] {
  return nodes.flatMap((node): RootContent[] => (node.type === 'paragraph' ? node.children : [node]));
}
