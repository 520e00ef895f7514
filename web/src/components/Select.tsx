export interface Option<Value extends string> {
  value: Value;
  label: string;
}

interface Given<Value extends string> {
  /** Its name, for those who do not see what it stands beside. */
  label: string;
  value: Value;
  options: readonly Option<Value>[];
  change: (value: Value) => void;
  id?: string;
  disabled?: boolean;
}

/** One of a few: the browser's own control, as every phone and screen reader knows it. */
export function Select<Value extends string>({ label, value, options, change, id, disabled }: Given<Value>) {
  return (
    <select
      id={id}
      aria-label={id === undefined ? label : undefined}
      value={value}
      disabled={disabled}
      onChange={({ target }) => {
        const chosen = options.find((option) => option.value === target.value);
        if (chosen) change(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
