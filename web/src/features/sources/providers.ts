import {
  Braces,
  CreditCard,
  FileText,
  GitFork,
  type LucideIcon,
  Mail,
  MessageCircle,
  Phone,
  ShieldCheck,
  ShoppingCart,
  Users,
} from "lucide-react";

import { useText } from "@/i18n/text";

/** Every provider that has a sentence of its own about where its console wants what. */
const STEPS = [
  "generic",
  "generic-token",
  "basic-auth",
  "standard-webhooks",
  "stripe",
  "github",
  "shopify",
  "slack",
  "twilio",
  "sendgrid",
  "mailgun",
  "postmark",
  "ses",
  "intercom",
  "zendesk",
  "hubspot",
  "typeform",
  "woocommerce",
  "meta",
  "wotnot",
  "trengo",
  "dixa",
  "e-conomic",
] as const;
type Stepped = (typeof STEPS)[number];

export const isStep = (name: string): name is Stepped => STEPS.some((known) => known === name);

/** Names that are not just the word with a capital. */
const WRITTEN: Readonly<Record<string, string>> = {
  "e-conomic": "e-conomic",
  github: "GitHub",
  hubspot: "HubSpot",
  meta: "WhatsApp / Meta",
  sendgrid: "SendGrid",
  ses: "Amazon SES",
  woocommerce: "WooCommerce",
  wotnot: "WotNot",
};

const ICONS: readonly [icon: LucideIcon, names: readonly string[]][] = [
  [Mail, ["sendgrid", "mailgun", "postmark", "ses"]],
  [MessageCircle, ["wotnot", "intercom", "zendesk", "trengo", "dixa", "slack", "meta"]],
  [ShoppingCart, ["shopify", "woocommerce"]],
  [CreditCard, ["stripe", "e-conomic"]],
  [FileText, ["typeform"]],
  [Users, ["hubspot"]],
  [Phone, ["twilio"]],
  [GitFork, ["github"]],
  [ShieldCheck, ["standard-webhooks", "generic-token", "basic-auth"]],
];

/** The picture of what a provider brings. */
export function iconOf(name: string): LucideIcon {
  return ICONS.find(([, names]) => names.includes(name))?.[0] ?? Braces;
}

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

/** What a choice is called and what it brings, in the language on screen. */
export function useChoice(): (name: string) => { label: string; detail: string } {
  const { t } = useText();
  return (name) => {
    if (name === "smtp") return { label: t("sources.wizard.smtp"), detail: t("sources.wizard.smtp.detail") };
    if (name === "generic")
      return { label: t("sources.wizard.generic"), detail: t("sources.provider.generic") };
    if (name === "generic-token" || name === "basic-auth")
      return { label: t(`sources.wizard.${name}`), detail: t(`sources.provider.${name}`) };
    return { label: providerName(name), detail: isStep(name) ? t(`sources.provider.${name}`) : "" };
  };
}
