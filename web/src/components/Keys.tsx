import { keyLabels } from "@/lib/shortcuts";

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Keys as they are printed on a keyboard. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="keys">
      {keyLabels(keys, APPLE).map((label, place) => (
        <kbd key={place}>{label}</kbd>
      ))}
    </span>
  );
}
