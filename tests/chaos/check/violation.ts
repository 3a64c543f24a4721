/** The promises, by what breaks them. `docs/reliability.md` says them in words. */
export type Invariant =
  | 'acknowledged-lost'
  | 'duplicate-message'
  | 'duplicate-run'
  | 'duplicate-answer'
  | 'different-acknowledgements'
  | 'generated-twice'
  | 'broken-order'
  | 'no-terminal-state'
  | 'two-terminal-states'
  | 'late-terminal-state'
  | 'written-after-end'
  | 'altered-text'
  | 'lost-text'
  | 'different-text'
  | 'different-end'
  | 'hung-stream'
  | 'stream-without-end'
  | 'unclean-shutdown'
  | 'failed-request'
  /** Too little happened for the rest to mean anything. */
  | 'proves-nothing';

export interface Violation {
  invariant: Invariant;
  /** Which message, run, stream or instance, and what is wrong with it. */
  details: string;
}
