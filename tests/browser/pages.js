// The pages that the suites walk, and what each may weigh (screens.md, in bytes over the wire).
// `cold` is a first visit with an empty cache, `warm` the same page again.

const SELF_SERVICE = { cold: 60_000, warm: 30_000 };
// Signed in, the palette comes with the page.
const SELF_SERVICE_SIGNED_IN = { cold: 200_000, warm: 30_000 };
const ADMIN = { cold: 200_000, warm: 30_000 };

/** What all islands together may weigh: module, glue and loader. */
export const SCRIPT_BUDGET = 90_000;

/** Pages that nobody need sign in for. */
export const publicPages = [
  { name: "sign-in", path: "/sign-in", budget: SELF_SERVICE },
  { name: "break-glass sign-in", path: "/sign-in/break-glass", budget: SELF_SERVICE },
];

/** Pages of a signed-in administrator. */
export const adminPages = [
  { name: "home", path: "/", budget: ADMIN },
  { name: "identities", path: "/identities", budget: ADMIN },
  { name: "identities, none", path: "/identities?q=zzzz", budget: ADMIN },
  { name: "identity", first: { in: "/identities?state=active", link: "main tbody th a" }, budget: ADMIN },
  { name: "identity, ended", first: { in: "/identities?state=terminated", link: "main tbody th a" }, budget: ADMIN },
  { name: "identity, non-human", first: { in: "/identities?kind=service", link: "main tbody th a" }, budget: ADMIN },
  { name: "new identity", path: "/identities/new", budget: ADMIN },
  { name: "end an identity", first: { in: "/identities?state=active", link: "main tbody th a", then: "/end" }, budget: ADMIN },
  { name: "offboarding", path: "/offboarding", budget: ADMIN },
  { name: "offboarding record", first: { in: "/offboarding", link: "main tbody th a" }, budget: ADMIN },
  { name: "owed to targets", path: "/operations", budget: ADMIN },
  { name: "operation", first: { in: "/operations", link: "main tbody th a.sub" }, budget: ADMIN },
  { name: "restored database", path: "/operations/restored", budget: ADMIN },
  { name: "signals", path: "/signals", budget: ADMIN },
  { name: "mail", path: "/settings/mail", budget: ADMIN },
  { name: "tell somebody", path: "/signals/receivers/new", budget: ADMIN },
  { name: "trust a transmitter", path: "/signals/transmitters/new", budget: ADMIN },
  { name: "break-glass", path: "/settings/break-glass", budget: ADMIN },
  { name: "limits of sessions", path: "/settings/sessions", budget: ADMIN },
  { name: "sign-in by providers", path: "/settings/sign-in", budget: ADMIN },
  { name: "second factors by role", path: "/settings/sign-in/policy", budget: ADMIN },
  { name: "second factors of somebody", first: { in: "/identities?state=active&kind=person", link: "main tbody th a", then: "/factors" }, budget: ADMIN },
  { name: "add a provider", path: "/settings/sign-in/new", budget: ADMIN },
  { name: "hand-overs", path: "/hand-overs", budget: ADMIN },
  { name: "my access", path: "/my-access", budget: SELF_SERVICE_SIGNED_IN },
  { name: "my tasks", path: "/tasks", budget: SELF_SERVICE_SIGNED_IN },
  { name: "drift reviews", path: "/drift-reviews", budget: SELF_SERVICE_SIGNED_IN },
  { name: "new SSH key", path: "/account/ssh-keys/new", budget: SELF_SERVICE_SIGNED_IN },
  { name: "second factors", path: "/account/factors", budget: SELF_SERVICE_SIGNED_IN },
  { name: "account", path: "/account", budget: SELF_SERVICE_SIGNED_IN },
  { name: "new token", path: "/account/tokens/new", budget: SELF_SERVICE_SIGNED_IN },
  { name: "imports", path: "/imports", budget: ADMIN },
  { name: "new import", path: "/imports/new", budget: ADMIN },
  { name: "search", path: "/search?q=a", budget: ADMIN },
  { name: "search, nothing", path: "/search?q=zzzz", budget: ADMIN },
  { name: "roles", path: "/roles", budget: ADMIN },
  { name: "role", first: { in: "/roles", link: "main tbody th a" }, budget: ADMIN },
  { name: "change a role", first: { in: "/roles", link: "main tbody th a", then: "/edit" }, budget: ADMIN },
  { name: "new role", path: "/roles/new", budget: ADMIN },
  { name: "rules", path: "/rules", budget: ADMIN },
  { name: "new rule", path: "/rules/new", budget: ADMIN },
  { name: "applications", path: "/applications", budget: ADMIN },
  { name: "application", first: { in: "/applications", link: "main tbody th a" }, budget: ADMIN },
  { name: "target", first: { in: "/applications", link: "main tbody th a", then: "/target" }, budget: ADMIN },
  { name: "hosts of a target", first: { in: "/applications", link: "main tbody th a", then: "/hosts" }, budget: ADMIN },
  { name: "accounts of a target", first: { in: "/applications", link: "main tbody th a", then: "/accounts" }, budget: ADMIN },
  { name: "how accounts are made", first: { in: "/applications", link: "main tbody th a", then: "/mapping" }, budget: ADMIN },
  { name: "recorded, and not there", first: { in: "/applications", link: "main tbody th a", then: "/missing" }, budget: ADMIN },
  { name: "credentials", path: "/credentials", budget: ADMIN },
  { name: "credential", first: { in: "/credentials", link: "main tbody th a" }, budget: ADMIN },
  { name: "new credential", path: "/credentials/new", budget: ADMIN },
  { name: "audit", path: "/audit", budget: ADMIN },
  { name: "audit event", first: { in: "/audit", link: "main a[href^='/audit/']:not([href*='verify']):not([href*='export'])" }, budget: ADMIN },
  { name: "API", path: "/api/docs", budget: ADMIN },
  { name: "gallery", path: "/style", budget: ADMIN },
];

/** A signed-in page with the palette; a query that finds something; the page that answers without script. */
export const palette = { path: "/", query: "a", search: "/search" };

/** A page with a copy button: the gallery, which debug builds have. */
export const copyButton = { path: "/style" };
