// Short names for the server's shapes.
export type {
  SchemaAttachment as Attachment,
  SchemaBuried as Buried,
  SchemaCompany as Company,
  SchemaContact as Contact,
  SchemaContactSummary as ContactSummary,
  SchemaConversation as Conversation,
  SchemaConversationChange as ConversationChange,
  SchemaExplanation as SearchExplanation,
  SchemaFigures as Figures,
  SchemaHighlight as Highlight,
  SchemaHit as Hit,
  SchemaMember as Member,
  SchemaMessage as Message,
  SchemaNewSource as NewSource,
  SchemaOperations as Operations,
  SchemaPageConversation as ConversationPage,
  SchemaSearchAnswer as SearchAnswer,
  SchemaSession as Session,
  SchemaSource as Source,
  SchemaSourceSecret as SourceSecret,
  SchemaStage as Stage,
  SchemaStageSample as StageSample,
} from "./schema";

export type Channel = "email" | "chat" | "form";
