// Detects common passwords with zxcvbn-ts's list of 49,000 leaked passwords, offline. Few of them have ten characters, but
// people pad the shorter ones, so a listed word with digits or signs around it, capitals, or `0` for `o` counts as common.
import { dictionary } from '@zxcvbn-ts/language-common';

/** Words that a user of this product would try first. */
const productWords = ['parley', 'chatbot', 'webhook'];

const commonPasswords = new Set([...dictionary['passwords-common'], ...productWords]);

/** A common word with at most this many characters on a side is still common. */
const MAX_PADDING_CHARS = 5;
/** A repeated pattern of at most this length is common. */
const MAX_PATTERN_CHARS = 4;

const letters: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

export function isCommonPassword(password: string): boolean {
  const text = password.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, '');
  return isListed(text) || isPattern(text) || isPaddedWord(text);
}

function isListed(text: string): boolean {
  if (commonPasswords.has(text)) return true;
  const plain = text.replaceAll(/[013457@$!]/g, (sign) => letters[sign] ?? sign);
  // A 1 may replace an l as well as an i.
  return commonPasswords.has(plain) || commonPasswords.has(text.replaceAll('1', 'l'));
}

/** `aaaaaaaaaa`, `abcabcabcabc`, `monkeymonkey`, `abcdefghij`. */
function isPattern(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const unit = text.slice(0, length);
    const repeated = unit.repeat(Math.ceil(text.length / length)).slice(0, text.length);
    if (repeated === text && (length <= MAX_PATTERN_CHARS || isListed(unit))) return true;
  }
  const steps = new Set(
    Array.from({ length: text.length - 1 }, (_, i) => text.charCodeAt(i + 1) - text.charCodeAt(i)),
  );
  return steps.size === 1 && (steps.has(1) || steps.has(-1));
}

/** `!monkey2026`, `Passw0rd123`, `dragon12345678`. */
function isPaddedWord(text: string): boolean {
  const [, front = '', word = '', back = ''] = /^([^\p{L}]*)(.*?)([^\p{L}]*)$/u.exec(text) ?? [];
  const isPadding = (part: string): boolean => part.length <= MAX_PADDING_CHARS || isListed(part);
  return isPadding(front) && isPadding(back) && (isListed(word) || isListed(front + word));
}
