import { keyLabels, onApple } from "@/lib/shortcuts";

/** Keys as they are printed on a keyboard. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="keys">
      {keyLabels(keys, onApple).map((label, place) => (
        <kbd key={place}>{label}</kbd>
      ))}
    </span>
  );
}
