import { createRootRouteWithContext, createRoute, createRouter, redirect } from "@tanstack/react-router";

import { lazy, Suspense } from "react";

import { Skeleton } from "@/components/Skeleton";
import { InboxScreen } from "@/features/inbox/components/InboxScreen";
import { listOf, readInboxView } from "@/features/inbox/view";
import { readOperationsView } from "@/features/operations/view";
import { readPeopleView } from "@/features/people/view";
import { readSettingsView } from "@/features/settings/view";
import { readSearchView } from "@/features/search/view";
import { withTexts } from "@/i18n/areas";
import { BASE } from "@/lib/base";
import { columnsOptions } from "@/lib/queries/board";
import { anchorsOptions, conversationOptions, type Listed } from "@/lib/queries/conversations";
import { timelineOptions } from "@/lib/queries/timeline";
import { nextInList } from "@/lib/queries/nextInList";
import { mentionsOptions } from "@/lib/queries/notes";
import { companyOptions, contactOptions } from "@/lib/queries/people";
import { sessionOptions } from "@/lib/queries/session";
import { sourcesOptions } from "@/lib/queries/sources";

import { queryClient } from "./queryClient";
import { screen } from "./screen";
import { ImportScreen, MailboxesScreen, OperationsScreen, SourcesScreen } from "./screens";
import { isOutside, Root } from "./shell/Root";
import { NotFound, RouteProblem } from "./shell/states";

const number = (value: string) => Number.parseInt(value, 10);

const loadConversation = () =>
  withTexts(() => import("@/features/conversation/components/ConversationScreen"), "conversation");
const ConversationScreen = lazy(() =>
  loadConversation().then((file) => ({ default: file.ConversationScreen })),
);

function openConversation(id: number): void {
  loadConversation().catch(() => undefined); // told where it is shown
  void queryClient.prefetchQuery(conversationOptions(id));
  void queryClient.prefetchInfiniteQuery(timelineOptions(id));
}

const openList = (list: Listed) => void queryClient.prefetchQuery(anchorsOptions(list));

const root = createRootRouteWithContext<{ queryClient: typeof queryClient }>()({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: RouteProblem,
  beforeLoad: async ({ location }) => {
    if (isOutside(location.pathname)) return;
    // What the address shows does not wait to hear who asks: the server knows.
    if (location.pathname.startsWith("/inbox")) openList(listOf(readInboxView(location.search)));
    const [, id] = /^\/(?:inbox|conversations)\/(\d+)$/.exec(location.pathname) ?? [];
    if (id !== undefined) openConversation(number(id));
    const session = await queryClient.ensureQueryData(sessionOptions);
    if (session === null) throw redirect({ to: "/login", search: { next: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox", replace: true });
  },
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === "string" && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: screen(
    () => withTexts(() => import("@/features/session/components/LoginScreen"), "session"),
    "LoginScreen",
  ),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$token",
  component: screen(
    () => withTexts(() => import("@/features/session/components/JoinScreen"), "session"),
    "JoinScreen",
  ),
});

const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: readInboxView,
  loaderDeps: ({ search }) => listOf(search),
  loader: ({ deps }) => openList(deps),
  component: InboxScreen,
});

const inboxConversation = createRoute({
  getParentRoute: () => inbox,
  path: "$conversationId",
  params: { parse: ({ conversationId }) => ({ conversationId: number(conversationId) }) },
  loader: ({ params }) => openConversation(params.conversationId),
  component: function InboxConversation() {
    const { conversationId } = inboxConversation.useParams();
    const navigate = inboxConversation.useNavigate();
    const openNext = () => {
      const next = nextInList(queryClient, conversationId);
      if (next === undefined) void navigate({ to: "/inbox", search: true });
      else void navigate({ params: { conversationId: next }, search: true });
    };
    return (
      <Suspense fallback={<Skeleton lines={7} />}>
        <ConversationScreen key={conversationId} id={conversationId} within="inbox" openNext={openNext} />
      </Suspense>
    );
  },
});

const conversation = createRoute({
  getParentRoute: () => root,
  path: "/conversations/$conversationId",
  params: { parse: ({ conversationId }) => ({ conversationId: number(conversationId) }) },
  loader: ({ params }) => openConversation(params.conversationId),
  component: function OneConversation() {
    const { conversationId } = conversation.useParams();
    return (
      <Suspense fallback={<Skeleton lines={7} />}>
        <ConversationScreen key={conversationId} id={conversationId} within="page" />
      </Suspense>
    );
  },
});

const contacts = createRoute({
  getParentRoute: () => root,
  path: "/contacts",
  validateSearch: readPeopleView,
  component: screen(
    () => withTexts(() => import("@/features/people/components/PeopleScreen"), "people"),
    "ContactsScreen",
  ),
});

const companies = createRoute({
  getParentRoute: () => root,
  path: "/companies",
  validateSearch: readPeopleView,
  component: screen(
    () => withTexts(() => import("@/features/people/components/PeopleScreen"), "people"),
    "CompaniesScreen",
  ),
});

const contact = createRoute({
  getParentRoute: () => root,
  path: "/contacts/$contactId",
  params: { parse: ({ contactId }) => ({ contactId: number(contactId) }) },
  loader: ({ params }) => void queryClient.prefetchQuery(contactOptions(params.contactId)),
  component: screen(
    () => withTexts(() => import("@/features/people/components/ContactScreen"), "people"),
    "ContactScreen",
  ),
});

const company = createRoute({
  getParentRoute: () => root,
  path: "/companies/$companyId",
  params: { parse: ({ companyId }) => ({ companyId: number(companyId) }) },
  loader: ({ params }) => void queryClient.prefetchQuery(companyOptions(params.companyId)),
  component: screen(
    () => withTexts(() => import("@/features/people/components/CompanyScreen"), "people"),
    "CompanyScreen",
  ),
});

const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  validateSearch: readSearchView,
  component: screen(
    () => withTexts(() => import("@/features/search/components/SearchScreen"), "search"),
    "SearchScreen",
  ),
});

const sources = createRoute({
  getParentRoute: () => root,
  path: "/sources",
  loader: () => void queryClient.prefetchQuery(sourcesOptions),
  component: SourcesScreen,
});

const mailboxes = createRoute({
  getParentRoute: () => root,
  path: "/mailboxes",
  component: MailboxesScreen,
});

const imports = createRoute({
  getParentRoute: () => root,
  path: "/import",
  loader: () => void queryClient.prefetchQuery(sourcesOptions),
  component: ImportScreen,
});

const operations = createRoute({
  getParentRoute: () => root,
  path: "/operations",
  validateSearch: readOperationsView,
  component: OperationsScreen,
});

const board = createRoute({
  getParentRoute: () => root,
  path: "/board",
  loader: () => void queryClient.prefetchQuery(columnsOptions),
  component: screen(
    () => withTexts(() => import("@/features/board/components/BoardScreen"), "board"),
    "BoardScreen",
  ),
});

const mentions = createRoute({
  getParentRoute: () => root,
  path: "/mentions",
  loader: () => void queryClient.prefetchQuery(mentionsOptions),
  component: screen(
    () => withTexts(() => import("@/features/mentions/components/MentionsScreen"), "mentions"),
    "MentionsScreen",
  ),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: readSettingsView,
  component: screen(
    () => withTexts(() => import("@/features/settings/components/SettingsScreen"), "settings", "people"),
    "SettingsScreen",
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    login,
    inbox.addChildren([inboxConversation]),
    conversation,
    contacts,
    contact,
    companies,
    company,
    search,
    sources,
    mailboxes,
    imports,
    operations,
    board,
    mentions,
    settings,
    join,
  ]),
  context: { queryClient },
  basepath: BASE === "" ? "/" : BASE,
  defaultPreload: "intent",
  defaultPreloadDelay: 60,
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: RouteProblem,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
