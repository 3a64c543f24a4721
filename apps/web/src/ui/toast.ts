// Short news at the edge of the page. What shows them (toaster.tsx) is loaded after the page; until then they wait.
export interface News {
  description: string;
  type: 'info' | 'error';
}

let show: ((news: News) => void) | undefined;
const waiting: News[] = [];

export function toast(description: string, type: News['type'] = 'info'): void {
  if (show === undefined) waiting.push({ description, type });
  else show({ description, type });
}

export function showToastsWith(shower: (news: News) => void): void {
  show = shower;
  for (const news of waiting.splice(0)) shower(news);
}
