// Toasts. The toaster that shows them (toaster.tsx) is loaded after the page; earlier toasts wait in a queue.
export interface ToastMessage {
  description: string;
  type: 'info' | 'error';
}

let show: ((message: ToastMessage) => void) | undefined;
const waiting: ToastMessage[] = [];

export function toast(description: string, type: ToastMessage['type'] = 'info'): void {
  if (show === undefined) waiting.push({ description, type });
  else show({ description, type });
}

export function onToast(listener: (message: ToastMessage) => void): void {
  show = listener;
  for (const message of waiting.splice(0)) listener(message);
}
