// What is being written, kept on this device with every key: a reload, a crash or a lost session takes none of it.
import { readStored, storedKeys, writeStored } from './stored.ts';

/** @param place the chat's id, or `new` */
function draftKey(userId: string, place: string): string {
  return `parley:draft:${userId}:${place}`;
}

export function readDraft(userId: string, place: string): string {
  return readStored(draftKey(userId, place)) ?? '';
}

export function writeDraft(userId: string, place: string, text: string): void {
  writeStored(draftKey(userId, place), text === '' ? null : text);
}

/** For a logout: the next person at this device reads nothing of it. */
export function forgetDrafts(userId: string): void {
  for (const key of [...storedKeys(`parley:draft:${userId}:`), `parley:outbox:${userId}`])
    writeStored(key, null);
}
