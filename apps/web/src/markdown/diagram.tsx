// A diagram in Mermaid's language, as a picture: an SVG in an `<img>` runs no script and loads nothing.
import { useEffect, useId, useState, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { useShownTheme } from '../ui/theme.ts';
import { drawDiagram } from './draw-diagram.ts';
import { COPIED_AS } from './rich-text.ts';

type Drawing = { state: 'waiting' } | { state: 'drawn'; url: string } | { state: 'failed' };

/** @param children the diagram's source, shown until it is drawn, and on request */
export function Diagram({ code, children }: { code: string; children: ReactNode }) {
  const theme = useShownTheme();
  const [drawing, setDrawing] = useState<Drawing>({ state: 'waiting' });
  const [isSourceShown, setIsSourceShown] = useState(false);
  const id = useId();
  useEffect(() => {
    const abort = new AbortController();
    let url: string | undefined;
    drawDiagram(code, theme, abort.signal).then(
      (svg) => {
        if (abort.signal.aborted) return;
        url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
        setDrawing({ state: 'drawn', url });
      },
      () => abort.signal.aborted || setDrawing({ state: 'failed' }),
    );
    return () => {
      abort.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [code, theme]);
  if (drawing.state !== 'drawn')
    return (
      <>
        {children}
        {drawing.state === 'failed' ? (
          <p className="text-sm text-muted">This diagram cannot be drawn. Its source is above.</p>
        ) : null}
      </>
    );
  const kind = /^\s*(?:%%.*\n\s*)*([a-z]+)/i.exec(code)?.[1] ?? '';
  return (
    <div className="diagram" {...{ [COPIED_AS]: code }}>
      <div className="diagram-scroller" tabIndex={0} role="region" aria-label="Diagram">
        <img src={drawing.url} alt={`Diagram (${kind}). Its source can be shown.`} />
      </div>
      <Button
        look="ghost"
        aria-expanded={isSourceShown}
        aria-controls={id}
        onClick={() => setIsSourceShown(!isSourceShown)}
      >
        {isSourceShown ? 'Hide source' : 'Show source'}
      </Button>
      <div id={id} hidden={!isSourceShown}>
        {isSourceShown ? children : null}
      </div>
    </div>
  );
}
