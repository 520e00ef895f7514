import { useText } from "@/i18n/text";

const KNOWN = ["file", "link", "words", "embed"] as const;

/** A stage's name as a salesperson would say it; a new stage keeps its own. */
export function useStageName(): (stage: string) => string {
  const { t } = useText();
  return (stage) => {
    const known = KNOWN.find((name) => name === stage);
    return known === undefined ? stage : t(`stage.${known}`);
  };
}
