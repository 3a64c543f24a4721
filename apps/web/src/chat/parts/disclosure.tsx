import { ChevronRight } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';

/** A quiet line that opens what is behind it. */
export function Disclosure({ label, children }: { label: ReactNode; children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        className="-ml-1 flex min-h-7 max-w-full items-center gap-1.5 rounded-md px-1 text-left text-sm text-muted hover:text-text"
        onClick={() => setIsOpen(!isOpen)}
      >
        {label}
        <ChevronRight
          aria-hidden
          className={`size-3.5 shrink-0 transition-transform ${isOpen ? 'rotate-90' : ''}`}
        />
      </button>
      <div id={id} hidden={!isOpen} className="mt-1 mb-2 border-l-2 border-line pl-3.5">
        {isOpen ? children : null}
      </div>
    </>
  );
}

/** A line with nothing behind it. */
export function QuietLine({ children }: { children: ReactNode }) {
  return <p className="flex min-h-7 max-w-full items-center gap-1.5 text-sm text-muted">{children}</p>;
}
