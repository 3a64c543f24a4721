import { Avatar as BaseAvatar } from '@base-ui/react/avatar';
import { clsx } from 'clsx';

const TINTS = [
  'bg-[#dcebe6] text-[#14574a] dark:bg-[#1f3b35] dark:text-[#a9dccf]',
  'bg-[#e6e3f3] text-[#463a86] dark:bg-[#2d2947] dark:text-[#c7bff0]',
  'bg-[#f3e4d7] text-[#7a4415] dark:bg-[#43301f] dark:text-[#efc49d]',
  'bg-[#dfe9f5] text-[#1d4f86] dark:bg-[#22354a] dark:text-[#a8cdf3]',
  'bg-[#f4e0e6] text-[#832c4b] dark:bg-[#452733] dark:text-[#f0b3c7]',
  'bg-[#e9ead6] text-[#555a17] dark:bg-[#363820] dark:text-[#d4d89b]',
];

/** A picture, or else the initial of the name on a colour that depends on the name. Hidden from screen readers: show the name beside it. */
export function Avatar({
  name,
  url,
  className,
}: {
  name: string;
  url?: string | null | undefined;
  className?: string;
}) {
  return (
    <BaseAvatar.Root
      aria-hidden
      className={clsx(
        'inline-flex shrink-0 items-center justify-center overflow-hidden rounded-full font-semibold select-none',
        TINTS[tintOf(name)],
        className ?? 'size-7 text-xs',
      )}
    >
      {url == null ? null : <BaseAvatar.Image src={url} alt="" className="size-full object-cover" />}
      <BaseAvatar.Fallback>{initialOf(name)}</BaseAvatar.Fallback>
    </BaseAvatar.Root>
  );
}

function initialOf(name: string): string {
  const [initial = '?'] = name.trim();
  return initial.toUpperCase();
}

function tintOf(name: string): number {
  let sum = 0;
  for (const character of name) sum += character.codePointAt(0) ?? 0;
  return sum % TINTS.length;
}
