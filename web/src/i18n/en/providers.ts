/** What each provider brings, and where its console wants what. */
export const providers = {
  "sources.provider.generic": "Forms, shops, your own systems. Signed with HMAC-SHA256.",
  "sources.provider.generic-token": "Senders that send a fixed token along.",
  "sources.provider.basic-auth": "Senders that know a user and a password.",
  "sources.provider.standard-webhooks": "Svix, OpenAI, Clerk, Resend and all who follow the specification.",
  "sources.provider.stripe": "Payments, invoices and subscriptions.",
  "sources.provider.github": "Issues, discussions, pull requests and their comments.",
  "sources.provider.shopify": "Orders and customers.",
  "sources.provider.slack": "Messages in channels; a thread becomes a conversation.",
  "sources.provider.twilio": "Text messages, WhatsApp and calls.",
  "sources.provider.sendgrid": "Mail by Inbound Parse, and what became of mail you sent.",
  "sources.provider.mailgun": "Mail by routes, and what became of mail you sent.",
  "sources.provider.postmark": "Mail by an inbound server.",
  "sources.provider.ses": "Mail by Amazon SES and SNS.",
  "sources.provider.intercom": "Conversations with customers.",
  "sources.provider.zendesk": "Tickets and their comments.",
  "sources.provider.hubspot": "Changes of contacts, companies and deals.",
  "sources.provider.typeform": "Answers to forms.",
  "sources.provider.woocommerce": "Orders and customers.",
  "sources.provider.meta": "WhatsApp, Messenger and Instagram.",
  "sources.provider.wotnot": "Chats from a bot or live chat.",
  "sources.provider.trengo": "Messages of tickets from every channel.",
  "sources.provider.dixa": "Messages of conversations.",
  "sources.provider.e-conomic": "Changed customers, orders and invoices.",
  "sources.steps.generic":
    "Send JSON or a form to the URL. Sign the body with HMAC-SHA256 and put the result into the header X-Signature.",
  "sources.steps.generic-token":
    "Send JSON or a form to the URL, with the secret in the header X-Token or as a bearer token.",
  "sources.steps.basic-auth": "Enter the URL, and the secret's two parts as user and password.",
  "sources.steps.standard-webhooks":
    "Add the URL as an endpoint at the sender. It shows a signing secret (whsec_… or whpk_…): enter it below.",
  "sources.steps.stripe":
    "In Stripe: Developers → Webhooks → Add destination. Enter the URL, choose the events, then reveal the signing secret and enter it below.",
  "sources.steps.github":
    "In the repository or organisation: Settings → Webhooks → Add webhook. Enter URL and secret, choose application/json, then the events.",
  "sources.steps.shopify":
    "In Shopify: Settings → Notifications → Webhooks. Create one for each event with the URL and JSON; the page shows the secret.",
  "sources.steps.slack":
    "At api.slack.com/apps: your app → Basic Information shows the signing secret. Enter it below first, then the URL under Event Subscriptions, which Slack checks at once.",
  "sources.steps.twilio":
    "In the Twilio console: your number → Messaging → A message comes in: Webhook with the URL. The auth token is on the console's first page.",
  "sources.steps.sendgrid":
    "In SendGrid: Settings → Inbound Parse → Add host & URL, and tick “POST the raw, full MIME message”. For events: Settings → Mail settings → Event webhook, with a signature; its verification key goes below.",
  "sources.steps.mailgun":
    "In Mailgun: Receive → Create route → Forward to the URL. The key is under API security → HTTP webhook signing key.",
  "sources.steps.postmark":
    "In Postmark: the inbound server → Settings → Inbound webhook: enter the URL and tick “Include raw email content”.",
  "sources.steps.ses":
    "In AWS: make an SNS topic, enter its ARN below first, then add an HTTPS subscription to the URL: it is confirmed by itself. In SES, let the receipt rule publish to the topic.",
  "sources.steps.intercom":
    "In the Developer Hub: your app → Webhooks: enter the URL and choose the conversation topics. The client secret is under Basic information.",
  "sources.steps.zendesk":
    "In the Admin Center: Apps and integrations → Webhooks → Create. Enter the URL, choose ticket events, then reveal the signing secret.",
  "sources.steps.hubspot":
    "In your HubSpot app: Webhooks → enter the URL and subscribe. The client secret is under Auth.",
  "sources.steps.typeform":
    "In the form: Connect → Webhooks → Add a webhook. Enter the URL, then the secret under Edit, and turn it on.",
  "sources.steps.woocommerce":
    "In WordPress: WooCommerce → Settings → Advanced → Webhooks → Add. Enter URL and secret, one webhook for each topic.",
  "sources.steps.meta":
    "At developers.facebook.com: your app → WhatsApp → Configuration. Enter URL and verify token and subscribe to “messages”. The app secret is under App settings → Basic.",
  "sources.steps.wotnot":
    "In WotNot: Integrations → Webhooks. Enter the URL, choose the events and save: WotNot tests it.",
  "sources.steps.trengo":
    "In Trengo: Settings → Apps & integrations → Webhooks → Create. Enter the URL, choose the type; the page shows the signing secret.",
  "sources.steps.dixa":
    "In Dixa: Settings → Integrations → Webhooks → Add. Enter the URL, choose the message events, then copy the secret key.",
  "sources.steps.e-conomic":
    "In e-conomic: Settings → Extensions → Webhooks. Enter the URL with its merge fields, such as ?old=[OLDNUMBER]&new=[NEWNUMBER].",
} as const;
