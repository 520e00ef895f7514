export interface FormField {
  /** Empty for text before the first name. */
  name: string;
  value: string;
}

/** Reads "Name: value" lines; a line without a name continues the value above it. */
export function formFields(text: string): FormField[] {
  const fields: FormField[] = [];
  for (const line of text.split("\n")) {
    const match = /^([^:\n]{1,60}):\s*(.*)$/.exec(line);
    const last = fields.at(-1);
    if (match?.[1] !== undefined && !match[1].includes("//") && !/^https?$/i.test(match[1])) {
      fields.push({ name: match[1].trim(), value: (match[2] ?? "").trim() });
    } else if (last) {
      last.value = `${last.value}\n${line}`.trim();
    } else if (line.trim() !== "") {
      fields.push({ name: "", value: line.trim() });
    }
  }
  return fields;
}
