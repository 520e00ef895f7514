/** Names that are not just the word with a capital. */
const WRITTEN: Readonly<Record<string, string>> = {
  "e-conomic": "e-conomic",
  hubspot: "HubSpot",
  meta: "Meta / WhatsApp",
  sendgrid: "SendGrid",
  ses: "Amazon SES",
  woocommerce: "WooCommerce",
};

/** A provider as it writes itself. */
export function providerName(name: string): string {
  return (
    WRITTEN[name] ??
    name
      .split("-")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(" ")
  );
}
