import { useEffect, useRef, useState, type RefObject } from 'react';

/** Accepts files that are dropped on an element. Offer another way too: not every user can drag. */
export function useFileDrop<Zone extends HTMLElement>(
  onFile: (file: File) => void,
): { zone: RefObject<Zone | null>; isOver: boolean } {
  const zone = useRef<Zone>(null);
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onFile);
  useEffect(() => {
    latest.current = onFile;
  });
  useEffect(() => {
    const { current } = zone;
    if (current === null) return;
    const over = (event: DragEvent): void => {
      // Without this, the browser opens the file instead.
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (): void => setIsOver(false);
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(false);
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) latest.current(file);
    };
    current.addEventListener('dragover', over);
    current.addEventListener('dragleave', leave);
    current.addEventListener('drop', drop);
    return () => {
      current.removeEventListener('dragover', over);
      current.removeEventListener('dragleave', leave);
      current.removeEventListener('drop', drop);
    };
  }, []);
  return { zone, isOver };
}
