const dayFormat = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long', day: 'numeric' });
const yearFormat = new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', year: 'numeric' });

export function isOtherDay(before: string | undefined, after: string): boolean {
  return before !== undefined && new Date(before).toDateString() !== new Date(after).toDateString();
}

export function DaySeparator({ day }: { day: string }) {
  return (
    <div className="flex items-center gap-3 pb-6 text-xs text-muted">
      <span aria-hidden className="h-px flex-1 bg-line" />
      <time dateTime={day}>{formatDay(new Date(day))}</time>
      <span aria-hidden className="h-px flex-1 bg-line" />
    </div>
  );
}

function formatDay(date: Date): string {
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return (isThisYear ? dayFormat : yearFormat).format(date);
}
