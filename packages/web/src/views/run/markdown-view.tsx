import { type ReactNode, useMemo } from 'react';
import { type Block, type Inline, parseMarkdown } from '../../logic/markdown.ts';

/** A document as elements; nothing in it is taken for HTML. */
export function MarkdownView({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return <div className="prose">{blocks.map(drawn)}</div>;
}

function drawn(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case 'heading': {
      const Heading = block.level <= 1 ? 'h3' : block.level === 2 ? 'h4' : 'h5';
      return <Heading key={key}>{block.parts.map(inline)}</Heading>;
    }
    case 'paragraph':
      return <p key={key}>{block.parts.map(inline)}</p>;
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
        <pre key={key} tabIndex={0}>
          {block.text}
        </pre>
      );
    case 'quote':
      return <blockquote key={key}>{block.blocks.map(drawn)}</blockquote>;
    case 'list': {
      const List = block.isOrdered ? 'ol' : 'ul';
      return <List key={key}>{block.items.map(listItem)}</List>;
    }
    case 'table':
      return <Table key={key} rows={block.rows} />;
    case 'rule':
      return <hr key={key} />;
  }
}

function listItem(blocks: readonly Block[], key: number): ReactNode {
  const [only] = blocks;
  const isShort = blocks.length === 1 && only?.kind === 'paragraph';
  return <li key={key}>{isShort ? only.parts.map(inline) : blocks.map(drawn)}</li>;
}

function Table({ rows }: { readonly rows: readonly (readonly (readonly Inline[])[])[] }) {
  const [head = [], ...body] = rows;
  const keyed = body.map((cells, row) => ({ cells, key: `row-${row}` }));
  return (
    <div className="table-scroll">
      <table className="table">
        <thead>
          <tr>{head.map((cell, column) => drawnCell('th', cell, column))}</tr>
        </thead>
        <tbody>
          {keyed.map(({ cells, key }) => (
            <tr key={key}>{cells.map((cell, column) => drawnCell('td', cell, column))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function drawnCell(Cell: 'th' | 'td', parts: readonly Inline[], key: number): ReactNode {
  return <Cell key={key}>{parts.map(inline)}</Cell>;
}

function inline(part: Inline, key: number): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code key={key}>{part.text}</code>;
    case 'link':
      return (
        <a key={key} href={part.href} target="_blank" rel="noopener noreferrer">
          {part.parts.map(inline)}
        </a>
      );
    default: {
      const Mark = part.kind;
      return <Mark key={key}>{part.parts.map(inline)}</Mark>;
    }
  }
}
