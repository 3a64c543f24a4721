// From a message that was not taken back into the field it was written in.
const listeners = new Map<string, (content: string) => void>();

export function giveBack(place: string, content: string): void {
  listeners.get(place)?.(content);
}

export function onTakenBack(place: string, listener: (content: string) => void): () => void {
  listeners.set(place, listener);
  return () => listeners.delete(place);
}
