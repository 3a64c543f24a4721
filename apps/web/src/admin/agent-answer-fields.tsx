import { TextAreaField, TextField } from '../ui/text-field.tsx';
import { limitFields, type AgentFields } from './agent-fields.ts';

/** Where the answer has its text, how long it may take, and what members see beside it. */
export function AgentAnswerFields({
  fields,
  errors,
  onChange,
}: {
  fields: AgentFields;
  errors: Record<string, string>;
  onChange: (changes: Partial<AgentFields>) => void;
}) {
  return (
    <>
      <TextField
        label="Answer field"
        maxLength={200}
        placeholder="output, text, message and others"
        hint="The path of the text in a JSON answer, such as data.reply. Leave it empty to use the usual fields."
        name="answerField"
        value={fields.answerField}
        error={errors['answerField']}
        onChange={(event) => onChange({ answerField: event.target.value })}
      />
      <TextAreaField
        label="Answer nodes"
        rows={2}
        placeholder="All nodes"
        hint="For n8n workflows in which several nodes stream: the names of the nodes whose text is the answer, one per line."
        name="answerNodes"
        value={fields.answerNodes}
        error={errors['answerNodes']}
        onChange={(event) => onChange({ answerNodes: event.target.value })}
      />
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-1 text-sm font-medium">Limits of one answer</legend>
        <p className="text-xs text-muted">
          A workflow that does not stream is silent until it ends. An empty field has the server’s default.
        </p>
        <div className="grid gap-3 sm:grid-cols-2">
          {limitFields.map((limit) => (
            <TextField
              key={limit.name}
              label={limit.label}
              type="number"
              min={1}
              step="any"
              placeholder={`Default, usually ${limit.default}`}
              name={limit.name}
              value={fields[limit.name]}
              error={errors[`limits.${limit.name}`]}
              onChange={(event) => onChange({ [limit.name]: event.target.value })}
            />
          ))}
        </div>
      </fieldset>
      <CheckField
        label="Show steps: members see which nodes and tools the agent uses"
        isChecked={fields.showSteps}
        onChange={(showSteps) => onChange({ showSteps })}
      />
      <CheckField
        label="Show reasoning: members see what the model thinks before it answers"
        isChecked={fields.showReasoning}
        onChange={(showReasoning) => onChange({ showReasoning })}
      />
    </>
  );
}

export function CheckField({
  label,
  isChecked,
  onChange,
}: {
  label: string;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}) {
  return (
    <label className="flex items-center gap-2.5 text-sm">
      <input
        type="checkbox"
        className="size-4 accent-accent"
        checked={isChecked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
