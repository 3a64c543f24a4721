// The parts of an answer beside its text: what the agent thought, which tools it called, and where its words come from.

/** Any JSON value. */
export type JsonValue = boolean | number | string | null | JsonValue[] | { [key: string]: JsonValue };

/** A segment of the answer's text, in its place among the other parts. The texts of all segments, joined, are the answer. */
export interface TextPart {
  id: string;
  type: 'text';
  text: string;
}

/** What a model thought before it answered. It is never part of the answer's text. */
export interface ReasoningPart {
  id: string;
  type: 'reasoning';
  text: string;
  durationMs?: number;
}

export interface ToolPart {
  id: string;
  type: 'tool';
  name: string;
  /** `input`: the input is still arriving. `running`: the tool works. The others are final. */
  state: 'input' | 'running' | 'output' | 'error';
  input?: JsonValue;
  output?: JsonValue;
  error?: string;
}

/** One step of a workflow, such as an n8n node. */
export interface StepPart {
  id: string;
  type: 'step';
  name: string;
  /** ISO 8601 */
  startedAt: string;
  endedAt?: string;
}

export interface SourcePart {
  id: string;
  type: 'source';
  url?: string;
  title: string;
  snippet?: string;
}

/** Says that the answer is not what the agent meant to say in full. */
export interface NoticePart {
  id: string;
  type: 'notice';
  reason: 'truncated' | 'filtered' | 'max-iterations';
  message: string;
}

/** An id is unique in its answer. */
export type AnswerPart = TextPart | ReasoningPart | ToolPart | StepPart | SourcePart | NoticePart;

/** More text of a reasoning part. It creates the part if there is none with this id. */
export interface ReasoningDelta {
  id: string;
  type: 'reasoning-delta';
  delta: string;
}

/** A part as agents send it: one that replaces the part with its id, or more text of one. Text arrives as text events. */
export type PartUpdate = Exclude<AnswerPart, TextPart> | ReasoningDelta;
