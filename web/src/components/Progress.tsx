import { useText } from "@/i18n/text";

/** How far some work is, from 0 to 1; read aloud as a percentage. */
export function Progress({ label, done }: { label: string; done: number }) {
  const { percent } = useText();
  const whole = Math.round(Math.min(1, Math.max(0, done)) * 100);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={whole}
      aria-valuetext={percent(whole / 100)}
    >
      <span style={{ inlineSize: `${whole}%` }} />
    </div>
  );
}
