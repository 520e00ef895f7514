import type { mentions as english } from "../en/mentions";

export const mentions: Record<keyof typeof english, string> = {
  "mentions.title": "Omtaler",
  "mentions.none": "Ingen har nævnt dig",
  "mentions.none.detail": "Når en kollega skriver @ og dit navn i en note, dukker det op her.",
  "mentions.readAll": "Markér alle som læst",
  "mentions.in": "i {name}",
};
