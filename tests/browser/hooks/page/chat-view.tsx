export interface ShownMessage {
  id: string;
  role: string;
  content: string;
  kinds: string[];
}

export function Messages({ messages }: { messages: ShownMessage[] }) {
  return messages.map(({ id, role, content, kinds }) => (
    <article key={id} aria-label={role} data-kinds={kinds.join(' ')}>
      {content}
    </article>
  ));
}

export function Composer({ onSend, onStop }: { onSend: (text: string) => unknown; onStop: () => unknown }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend(String(new FormData(event.currentTarget).get('text')));
        event.currentTarget.reset();
      }}
    >
      <input name="text" aria-label="Message" />
      <button>Send</button>
      <button type="button" onClick={() => onStop()}>
        Stop
      </button>
    </form>
  );
}
