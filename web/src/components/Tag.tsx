/** A tag in its own colour; the colours are a small fixed set. */
export function Tag({ name, colour }: { name: string; colour: string }) {
  return (
    <span className="tag" data-colour={colour}>
      {name}
    </span>
  );
}
