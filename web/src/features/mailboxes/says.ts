const KNOWN = ["sign_in", "token", "certificate", "busy", "refused", "unreachable", "server"] as const;

/** The name of the sentence that tells why a mailbox waits. */
export function says(trouble: string) {
  const known = KNOWN.find((one) => one === trouble);
  return known === undefined ? ("mailboxes.trouble.other" as const) : (`mailboxes.trouble.${known}` as const);
}
