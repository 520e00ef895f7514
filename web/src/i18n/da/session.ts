import type { session as english } from "../en/session";

export const session: Record<keyof typeof english, string> = {
  "login.title": "Log ind",
  "login.lead": "Alle kundesamtaler: modtaget, sorteret og fundet igen.",
  "login.email": "E-mailadresse",
  "login.password": "Adgangskode",
  "login.submit": "Log ind",
  "login.busy": "Logger ind…",
  "login.wait": "For mange forsøg. Prøv igen om {seconds} sekunder.",
  "join.title": "Velkommen til {workspace}",
  "join.lead": "Vælg en adgangskode til {email}.",
  "join.password": "Adgangskode",
  "join.hint": "Mindst 8 tegn.",
  "join.name": "Dit navn",
  "join.submit": "Log ind",
  "join.over": "Linket virker ikke (længere)",
  "join.over.detail": "Bed en kollega, der styrer arbejdspladsen, om et nyt.",
};
