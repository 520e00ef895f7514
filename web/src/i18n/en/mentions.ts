export const mentions = {
  "mentions.title": "Mentions",
  "mentions.none": "Nobody has mentioned you",
  "mentions.none.detail": "When a colleague writes @ and your name in a note, it shows up here.",
  "mentions.readAll": "Mark all read",
  "mentions.in": "in {name}",
} as const;
