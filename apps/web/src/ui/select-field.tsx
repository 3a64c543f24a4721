import { inputLook } from './text-field.tsx';

/** A native select, which phones show in their own way. */
export function SelectField<Value extends string>({
  label,
  isLabelHidden = false,
  value,
  options,
  onChange,
}: {
  label: string;
  isLabelHidden?: boolean;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}) {
  return (
    <label className="flex flex-col gap-1.5 text-sm font-medium">
      <span className={isLabelHidden ? 'sr-only' : undefined}>{label}</span>
      <select
        className={`${inputLook} h-9 py-1 font-normal`}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
