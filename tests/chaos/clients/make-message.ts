import type { Random } from '../seeded-random.ts';

/** Their characters have one to four bytes, so that some cuts fall within a character. */
const words = [
  'plain',
  'naïve',
  'größer',
  '日本語',
  'поток',
  '🚀',
  '👩‍💻',
  'stream',
  '"quoted"',
  '\\back',
  'data:',
  'id:',
  '…',
];

export interface ChaosMessage {
  content: string;
  /** The whole answer; null if the agent is asked to fail. */
  expected: string | null;
}

/** Creates a unique message and the demo agent's answer to it. */
export function makeMessage(random: Random, name: string): ChaosMessage {
  if (random.chance(0.06)) {
    const way = random.pick(['midway', 'drop', '500']);
    return { content: `fail ${way} ${name}`, expected: null };
  }
  const count = random.chance(0.15) ? random.between(1, 5) : random.between(20, 160);
  const text = `${name} ${makeText(random, count)}`;
  return { content: `echo ${text}`, expected: text };
}

export function makeText(random: Random, count: number): string {
  return Array.from({ length: count }, (_, index) => `${random.pick(words)}${index}`).join(' ');
}
