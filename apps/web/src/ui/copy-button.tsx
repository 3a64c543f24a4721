import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';
import { IconButton } from './icon-button.tsx';
import { toast } from './toast.ts';

const SHOWN_MS = 1_500;

export function CopyButton({ label, text, className }: { label: string; text: string; className?: string }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    if (await copyText(text)) setIsCopied(true);
    else toast('The browser did not let this be copied.', 'error');
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
