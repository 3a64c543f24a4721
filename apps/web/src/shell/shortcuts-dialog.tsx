import { Dialog } from '../ui/dialog.tsx';
import { shortcutKeys } from './use-shortcuts.ts';

const rows = [
  ['Send message', 'Enter'],
  ['New line', 'Shift Enter'],
  ['Stop generating', 'Esc'],
  ['New chat', shortcutKeys.newChat],
  ['Search chats', shortcutKeys.search],
  ['Show shortcuts', shortcutKeys.shortcuts],
] as const;

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title="Keyboard shortcuts" width="max-w-sm">
      <dl className="flex flex-col gap-2.5 text-sm">
        {rows.map(([name, keys]) => (
          <div key={name} className="flex items-center justify-between gap-4">
            <dt className="text-muted">{name}</dt>
            <dd className="flex gap-1">
              {keys.split(' ').map((key) => (
                <kbd
                  key={key}
                  className="min-w-6 rounded-md border border-line bg-side px-1.5 py-0.5 text-center font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
