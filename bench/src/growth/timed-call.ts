export type TimedCall =
  | 'send'
  | 'send, to the end of the answer'
  | 'messages, first page'
  | 'get, the whole chat'
  | 'list, first page'
  | 'list, archived'
  | 'search, a word of every message'
  | 'search, a word of none';

export interface Timing {
  team: string;
  call: TimedCall;
  times: number;
}
