import { withLinks } from "@/lib/characters";

import { withNames } from "./mentioning";

/** The text of a note: colleagues named in it stand out, web addresses are links. */
export function NoteText({ text, names }: { text: string; names: readonly string[] }) {
  return (
    <p className="lines">
      {withNames(text, names).map((piece, place) =>
        piece.name ? (
          <strong key={place} className="mention">
            {piece.text}
          </strong>
        ) : (
          withLinks(piece.text).map(({ text: part, href }, at) =>
            href === null ? (
              part
            ) : (
              <a key={`${place}-${at}`} href={href} target="_blank" rel="noreferrer noopener">
                {part}
              </a>
            ),
          )
        ),
      )}
    </p>
  );
}
