import { ClipboardList, Mail, MessageCircle } from "lucide-react";

import { useText } from "@/i18n/text";
import type { Channel } from "@/lib/shapes";

const ICONS = { email: Mail, chat: MessageCircle, form: ClipboardList } as const;

/** The channel as a small picture with its name for those who do not see it. */
export function ChannelIcon({ channel }: { channel: Channel }) {
  const { t } = useText();
  const Icon = ICONS[channel];
  return <Icon className="icon muted" role="img" aria-label={t(`channel.${channel}`)} />;
}
