import type { providers as english } from "../en/providers";

/** Hvad hver udbyder bringer, og hvor dens konsol vil have hvad. */
export const providers: Record<keyof typeof english, string> = {
  "sources.provider.generic": "Formularer, butikker, egne systemer. Underskrevet med HMAC-SHA256.",
  "sources.provider.generic-token": "Afsendere, der sender en fast token med.",
  "sources.provider.basic-auth": "Afsendere, der kender en bruger og en adgangskode.",
  "sources.provider.standard-webhooks": "Svix, OpenAI, Clerk, Resend og alle, der følger specifikationen.",
  "sources.provider.stripe": "Betalinger, fakturaer og abonnementer.",
  "sources.provider.github": "Sager, diskussioner, pull requests og deres kommentarer.",
  "sources.provider.shopify": "Ordrer og kunder.",
  "sources.provider.slack": "Beskeder i kanaler; en tråd bliver til en samtale.",
  "sources.provider.twilio": "Sms'er, WhatsApp og opkald.",
  "sources.provider.sendgrid": "Mail via Inbound Parse, og hvad der blev af den mail, I sendte.",
  "sources.provider.mailgun": "Mail via routes, og hvad der blev af den mail, I sendte.",
  "sources.provider.postmark": "Mail via en inbound-server.",
  "sources.provider.ses": "Mail via Amazon SES og SNS.",
  "sources.provider.intercom": "Samtaler med kunder.",
  "sources.provider.zendesk": "Sager og deres kommentarer.",
  "sources.provider.hubspot": "Ændringer af kontakter, firmaer og handler.",
  "sources.provider.typeform": "Svar på formularer.",
  "sources.provider.woocommerce": "Ordrer og kunder.",
  "sources.provider.meta": "WhatsApp, Messenger og Instagram.",
  "sources.provider.wotnot": "Chats fra en bot eller livechat.",
  "sources.provider.trengo": "Beskeder i sager fra alle kanaler.",
  "sources.provider.dixa": "Beskeder i samtaler.",
  "sources.provider.e-conomic": "Ændrede kunder, ordrer og fakturaer.",
  "sources.steps.generic":
    "Send JSON eller en formular til URL'en. Underskriv indholdet med HMAC-SHA256, og læg resultatet i headeren X-Signature.",
  "sources.steps.generic-token":
    "Send JSON eller en formular til URL'en med hemmeligheden i headeren X-Token eller som bearer-token.",
  "sources.steps.basic-auth": "Indtast URL'en og hemmelighedens to dele som bruger og adgangskode.",
  "sources.steps.standard-webhooks":
    "Tilføj URL'en som endpoint hos afsenderen. Den viser en signeringshemmelighed (whsec_… eller whpk_…): indtast den herunder.",
  "sources.steps.stripe":
    "I Stripe: Developers → Webhooks → Add destination. Indtast URL'en, vælg hændelserne, vis så signing secret, og indtast den herunder.",
  "sources.steps.github":
    "I repositoriet eller organisationen: Settings → Webhooks → Add webhook. Indtast URL og hemmelighed, vælg application/json og derefter hændelserne.",
  "sources.steps.shopify":
    "I Shopify: Indstillinger → Notifikationer → Webhooks. Opret en for hver hændelse med URL'en og JSON; siden viser hemmeligheden.",
  "sources.steps.slack":
    "På api.slack.com/apps: jeres app → Basic Information viser signing secret. Indtast den først herunder og derefter URL'en under Event Subscriptions, som Slack prøver med det samme.",
  "sources.steps.twilio":
    "I Twilios konsol: jeres nummer → Messaging → A message comes in: Webhook med URL'en. Auth token står på konsollens forside.",
  "sources.steps.sendgrid":
    "I SendGrid: Settings → Inbound Parse → Add host & URL, og sæt flueben ved »POST the raw, full MIME message«. For hændelser: Settings → Mail settings → Event webhook med signatur; dens verification key skal stå herunder.",
  "sources.steps.mailgun":
    "I Mailgun: Receive → Create route → Forward til URL'en. Nøglen står under API security → HTTP webhook signing key.",
  "sources.steps.postmark":
    "I Postmark: inbound-serveren → Settings → Inbound webhook: indtast URL'en, og sæt flueben ved »Include raw email content«.",
  "sources.steps.ses":
    "I AWS: lav et SNS-topic, indtast først dets ARN herunder, og tilføj så et HTTPS-abonnement på URL'en: det bekræftes af sig selv. Lad reglen i SES udgive til topic'et.",
  "sources.steps.intercom":
    "I Developer Hub: jeres app → Webhooks: indtast URL'en, og vælg emnerne om conversations. Client secret står under Basic information.",
  "sources.steps.zendesk":
    "I Admin Center: Apps and integrations → Webhooks → Create. Indtast URL'en, vælg hændelser for tickets, og vis så signing secret.",
  "sources.steps.hubspot":
    "I jeres HubSpot-app: Webhooks → indtast URL'en, og abonner. Client secret står under Auth.",
  "sources.steps.typeform":
    "I formularen: Connect → Webhooks → Add a webhook. Indtast URL'en og derefter hemmeligheden under Edit, og slå den til.",
  "sources.steps.woocommerce":
    "I WordPress: WooCommerce → Indstillinger → Avanceret → Webhooks → Tilføj. Indtast URL og hemmelighed, én webhook for hvert emne.",
  "sources.steps.meta":
    "På developers.facebook.com: jeres app → WhatsApp → Configuration. Indtast URL og verify token, og abonner på »messages«. App secret står under App settings → Basic.",
  "sources.steps.wotnot":
    "I WotNot: Integrations → Webhooks. Indtast URL'en, vælg hændelserne, og gem: WotNot prøver den.",
  "sources.steps.trengo":
    "I Trengo: Indstillinger → Apps & integrationer → Webhooks → Opret. Indtast URL'en, vælg typen; siden viser signeringshemmeligheden.",
  "sources.steps.dixa":
    "I Dixa: Indstillinger → Integrationer → Webhooks → Tilføj. Indtast URL'en, vælg hændelserne for beskeder, og kopiér den hemmelige nøgle.",
  "sources.steps.e-conomic":
    "I e-conomic: Indstillinger → Udvidelser → Webhooks. Indtast URL'en med flettefelter, for eksempel ?old=[OLDNUMBER]&new=[NEWNUMBER].",
};
