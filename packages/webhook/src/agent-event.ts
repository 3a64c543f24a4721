/** What an agent's answer turns into while it arrives. */
export type AgentEvent =
  /** The agent's work has moved on, such as an n8n node that began; `description` is that node's name. */
  | { type: 'status'; description: string }
  /** Text to append; with `reset`, forget the text so far first. Never ends in white space that may turn out to be the answer's end. */
  | { type: 'text'; content: string; reset?: true };
