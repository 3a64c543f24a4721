/** The ways to break a promise. `docs/reliability.md` describes the promises. */
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
  | 'altered-parts'
  | 'lost-text'
  | 'lost-parts'
  | 'different-text'
  | 'different-parts'
  | 'different-end'
  | 'hung-stream'
  | 'stream-without-end'
  | 'unclean-shutdown'
  | 'failed-request'
  /** Too little happened to judge the run. */
  | 'proves-nothing';

export interface Violation {
  invariant: Invariant;
  /** Names the message, run, stream or instance, and the problem. */
  details: string;
}
