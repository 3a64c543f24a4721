export function QuestionForm({
  isDisabled,
  onAsk,
}: {
  isDisabled: boolean;
  onAsk: (question: string) => void;
}) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(String(new FormData(event.currentTarget).get('question')));
        event.currentTarget.reset();
      }}
    >
      <label>
        Question <input name="question" required />
      </label>
      <button type="submit" disabled={isDisabled}>
        Ask
      </button>
    </form>
  );
}
