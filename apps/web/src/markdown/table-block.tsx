import { useRef, type ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { toRichText } from './rich-text.ts';

/** A table that scrolls by itself. The copy has HTML for documents, and tabs between the cells for spreadsheets. */
export function TableBlock({ dir, children }: { dir: 'ltr' | 'rtl' | undefined; children: ReactNode }) {
  const table = useRef<HTMLTableElement>(null);
  return (
    <div className="table-block group/table">
      <div className="table-scroller" tabIndex={0} role="region" aria-label="Table">
        <table ref={table} dir={dir}>
          {children}
        </table>
      </div>
      <CopyButton
        label="Copy table"
        text={() => (table.current === null ? '' : toTabs(table.current))}
        richText={() => (table.current === null ? '' : toRichText(table.current))}
        className="table-copy size-7 [&_svg]:size-4"
      />
    </div>
  );
}

function toTabs({ rows }: HTMLTableElement): string {
  const line = (row: HTMLTableRowElement): string =>
    [...row.cells].map(({ innerText }) => innerText.trim().replaceAll(/\s+/g, ' ')).join('\t');
  return [...rows].map(line).join('\n');
}
