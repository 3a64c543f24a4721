const timeFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

export function MessageTime({ timestamp }: { timestamp: string }) {
  const date = new Date(timestamp);
  return (
    <time dateTime={timestamp} title={fullFormat.format(date)} className="px-1 text-xs text-muted">
      {timeFormat.format(date)}
    </time>
  );
}
