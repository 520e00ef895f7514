import type { SourceSecret } from "@/lib/shapes";

const BODY = `{"name": "Karen", "email": "karen@example.com", "text": "Hej", "conversation_id": "1"}`;
const LINE = `{"event": {"type": "message", "payload": {"conversation": {"id": "1"}, "message": {"text": "Hej"}, "visitor": {"name": "Karen", "email": "karen@example.com"}}}}`;

/** A single-quoted word of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function signed(header: string, url: string, secret: string): string {
  return [
    `BODY=${quoted(BODY)}`,
    `SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac ${quoted(secret)} -hex | sed 's/.* //')`,
    `curl -H 'Content-Type: application/json' -H "${header}: sha256=$SIGNATURE" -d "$BODY" ${quoted(url)}`,
  ].join("\n");
}

function standard(url: string, secret: string): string {
  return [
    `BODY=${quoted(BODY)} ID=msg_$RANDOM NOW=$(date +%s)`,
    `KEY=$(printf %s ${quoted(secret.replace(/^whsec_/, ""))} | base64 -d | od -An -tx1 | tr -d ' \\n')`,
    `SIGNATURE=$(printf %s "$ID.$NOW.$BODY" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary | base64)`,
    `curl -H 'Content-Type: application/json' -H "webhook-id: $ID" -H "webhook-timestamp: $NOW" \\`,
    `  -H "webhook-signature: v1,$SIGNATURE" -d "$BODY" ${quoted(url)}`,
  ].join("\n");
}

const SHOWN = new Set(["generic", "standard-webhooks", "github", "wotnot"]);

/** A line for a terminal that sends one event the way the provider does; null where only the provider can. */
export function example({ url, address, secret }: SourceSecret, provider: string): string | null {
  if (url === null) {
    const to = address ?? "";
    return `curl smtp://${location.hostname}:2525 --mail-from me@example.com --mail-rcpt ${quoted(to)} \\
  -T - <<< $'From: me@example.com\\nTo: ${to}\\nSubject: Hej\\n\\nHej'`;
  }
  if (!SHOWN.has(provider)) return null;
  if (provider === "standard-webhooks" && secret !== null) return standard(url, secret);
  if (provider === "github" && secret !== null) return signed("X-Hub-Signature-256", url, secret);
  if (provider === "generic" && secret !== null) return signed("X-Signature", url, secret);
  const body = provider === "wotnot" ? `{"events": [${LINE}]}` : BODY;
  return `curl -H 'Content-Type: application/json' -d ${quoted(body)} ${quoted(url)}`;
}
