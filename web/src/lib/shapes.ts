// Short names for the server's shapes.
export type {
  SchemaActivity as Activity,
  SchemaAttachment as Attachment,
  SchemaBuried as Buried,
  SchemaCompany as Company,
  SchemaCompanyDuplicate as CompanyDuplicate,
  SchemaContactDuplicate as ContactDuplicate,
  SchemaContact as Contact,
  SchemaContactSummary as ContactSummary,
  SchemaConversation as Conversation,
  SchemaErrand as Errand,
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
  SchemaTag as Tag,
  SchemaTeamMember as TeamMember,
  SchemaTimeline as TimelinePage,
  SchemaNote as Note,
  SchemaPresent as Present,
  SchemaSetup as Setup,
  SchemaColumn as Column,
  SchemaMention as Mention,
  SchemaKey as Key,
  SchemaAuditEntry as AuditEntry,
  SchemaWorkspace as Workspace,
  SchemaOwnSession as OwnSession,
  SchemaView as View,
} from "./schema";
import type { SchemaConversationChange, SchemaPersonTimeline, SchemaTimeline } from "./schema";

/** What is left out stays as it is. */
export type ConversationChange = Partial<SchemaConversationChange>;
export type PersonItem = SchemaPersonTimeline["items"][number];
export type TimelineItem = SchemaTimeline["items"][number];
export type Channel = "email" | "chat" | "form";
