import { NoteView } from "@/components/notes/NoteView";
import type { Conversation, TimelineItem } from "@/lib/shapes";

import { ActivityLine } from "./ActivityLine";
import { MessageView } from "./MessageView";

interface Given {
  conversation: Conversation;
  items: readonly TimelineItem[];
  unfolded: boolean;
  aimed: string | null;
}

/** Messages, notes and what was done, oldest first. */
export function Timeline({ conversation, items, unfolded, aimed }: Given) {
  const messages = items.flatMap((item) => (item.kind === "message" ? [item.message.id] : []));
  return (
    <ol>
      {items.map((item) => {
        switch (item.kind) {
          case "message":
            return (
              <MessageView
                key={item.message.id}
                message={item.message}
                unfolded={unfolded}
                aimed={item.message.id === aimed}
                later={messages.slice(messages.indexOf(item.message.id))}
                alone={messages.length < 2}
              />
            );
          case "note":
            return (
              <li key={`note-${item.note.id}`}>
                <NoteView note={item.note} place={{ on: "conversations", id: conversation.id }} />
              </li>
            );
          case "activity":
            return <ActivityLine key={`activity-${item.activity.id}`} activity={item.activity} />;
        }
      })}
    </ol>
  );
}
