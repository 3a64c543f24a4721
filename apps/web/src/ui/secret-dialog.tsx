import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';

/** Shows a secret that the server returns only once. */
export function SecretDialog({
  title,
  description,
  secret,
  label,
  onClose,
}: {
  title: string;
  description: string;
  secret: string;
  label: string;
  onClose: () => void;
}) {
  return (
    <Dialog isOpen onClose={onClose} title={title} description={description} width="max-w-lg">
      <div className="flex items-center gap-2 rounded-lg border border-line bg-code py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 font-mono text-xs break-all select-all">{secret}</code>
        <CopyButton label={label} text={secret} />
      </div>
      <div className="mt-4 flex justify-end">
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}
