import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button.tsx';
import { toast } from './toast.ts';

const COPIED_MS = 1_500;

export function CopyButton({ label, text, className }: { label: string; text: string; className?: string }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    if (await copyText(text)) setIsCopied(true);
    else toast('Your browser blocked the copy. Select the text and copy it yourself.', 'error');
  };
  return (
    <IconButton
      label={isCopied ? 'Copied' : label}
      onClick={() => void copy()}
      className={className ?? 'size-7 [&_svg]:size-4'}
    >
      {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
    </IconButton>
  );
}

/** Falls back to the selection on plain HTTP, as in a local network, where `navigator.clipboard` is missing. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const { activeElement } = document;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'fixed -left-full opacity-0';
  document.body.append(area);
  area.select();
  // Deprecated, but the only way without a secure context.
  const isCopied = document.execCommand('copy');
  area.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus();
  return isCopied;
}
