// Short names for the server's shapes.
export type {
  SchemaAttachment as Attachment,
  SchemaBuried as Buried,
  SchemaBuriedDetail as BuriedDetail,
  SchemaCompany as Company,
  SchemaContact as Contact,
  SchemaContactSummary as ContactSummary,
  SchemaConversation as Conversation,
  SchemaErrand as Errand,
  SchemaFigures as Figures,
  SchemaHighlight as Highlight,
  SchemaHit as Hit,
  SchemaMember as Member,
  SchemaMessage as Message,
  SchemaLatency as Latency,
  SchemaLoad as Load,
  SchemaNewReplay as NewReplay,
  SchemaNewSource as NewSource,
  SchemaOperations as Operations,
  SchemaPageConversation as ConversationPage,
  SchemaSearchAnswer as SearchAnswer,
  SchemaSession as Session,
  SchemaSource as Source,
  SchemaSourceSecret as SourceSecret,
  SchemaStage as Stage,
  SchemaStageSample as StageSample,
  SchemaTag as Tag,
  SchemaView as View,
} from "./schema";
import type { SchemaConversationChange } from "./schema";

/** What is left out stays as it is. */
export type ConversationChange = Partial<SchemaConversationChange>;
export type Channel = "email" | "chat" | "form";
