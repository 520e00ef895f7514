import { useText } from "@/i18n/text";

/** How long ago, with the full time on hover and for machines. */
export function Age({ at }: { at: string }) {
  const { age, time } = useText();
  return (
    <time className="age" dateTime={at} title={time(at)}>
      {age(at)}
    </time>
  );
}
