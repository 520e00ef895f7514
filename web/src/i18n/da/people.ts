import type { people as english } from "../en/people";

export const people: Record<keyof typeof english, string> = {
  "people.addresses": "Adresser",
  "people.address.email": "E-mail",
  "people.address.phone": "Telefon",
  "people.address.external": "Andet",
  "people.domains": "Domæner",
  "people.cvr": "CVR-nummer",
  "people.people": "Personer",
  "people.people.none": "Her kendes ingen personer endnu.",
  "people.conversations": "Samtaler",
  "people.conversations.none": "Ingen samtaler endnu.",
  "people.figure.conversations": "Samtaler",
  "people.figure.open": "Åbne",
  "people.figure.messages": "Beskeder",
  "people.figure.first": "Første besked",
  "people.figure.last": "Seneste besked",
  "people.searchHere": "Søg i disse beskeder",
  "people.allInInbox": "Se alle i indbakken",
  "people.unnamed": "Uden navn",
};
