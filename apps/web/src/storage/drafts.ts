// Drafts, saved on this device with every keystroke: they survive a reload, a crash and the end of a session.
import { readStored, storedKeys, writeStored } from './stored.ts';

/** @param draftId the chat's id, or `new` */
function draftKey(userId: string, draftId: string): string {
  return `parley:draft:${userId}:${draftId}`;
}

export function readDraft(userId: string, draftId: string): string {
  return readStored(draftKey(userId, draftId)) ?? '';
}

export function writeDraft(userId: string, draftId: string, text: string): void {
  writeStored(draftKey(userId, draftId), text === '' ? null : text);
}

/** Deletes the drafts of a user who logs out, so that the next user of the device cannot read them. */
export function forgetDrafts(userId: string): void {
  for (const key of storedKeys(`parley:draft:${userId}:`)) writeStored(key, null);
}
