/** A person as one or two letters; the name is read aloud. */
export function Avatar({ name }: { name: string }) {
  return (
    <span className="avatar" role="img" aria-label={name} data-tip={name}>
      {initials(name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toLocaleUpperCase();
}
