/** Words with the whitespace behind them, as a language model's tokens roughly are; joined, they are the text again. */
export function tokenize(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}
