import { Info, Lightbulb, MessageSquareWarning, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AlertKind } from './read-alert.ts';

const alerts = {
  note: { Icon: Info, title: 'Note' },
  tip: { Icon: Lightbulb, title: 'Tip' },
  important: { Icon: MessageSquareWarning, title: 'Important' },
  warning: { Icon: TriangleAlert, title: 'Warning' },
  caution: { Icon: OctagonAlert, title: 'Caution' },
};

export function Alert({ kind, children }: { kind: AlertKind; children: ReactNode }) {
  const { Icon, title } = alerts[kind];
  return (
    <div role="note" aria-label={title} className={`alert alert-${kind}`}>
      <p className="alert-title">
        <Icon aria-hidden className="size-4" />
        {title}
      </p>
      {children}
    </div>
  );
}
