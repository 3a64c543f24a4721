import { useState } from 'react';

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
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend(text);
        setText('');
      }}
    >
      <input aria-label="Message" value={text} onChange={(event) => setText(event.target.value)} />
      <button>Send</button>
      <button type="button" onClick={() => onStop()}>
        Stop
      </button>
    </form>
  );
}
