// The pages that the suites walk, and what each may weigh (screens.md, in bytes over the wire).
// `cold` is a first visit with an empty cache, `warm` the same page again.

const SELF_SERVICE = { cold: 60_000, warm: 30_000 };
const ADMIN = { cold: 200_000, warm: 30_000 };

/** What all islands together may weigh: module, glue and loader. */
export const SCRIPT_BUDGET = 90_000;

/** Pages that nobody need sign in for. */
export const publicPages = [{ name: "sign-in", path: "/sign-in", budget: SELF_SERVICE }];

/** Pages of a signed-in administrator. */
export const adminPages = [
  { name: "home", path: "/", budget: ADMIN },
  { name: "identities", path: "/identities", budget: ADMIN },
  { name: "search", path: "/search?q=a", budget: ADMIN },
  { name: "roles", path: "/roles", budget: ADMIN },
  { name: "credentials", path: "/credentials", budget: ADMIN },
  { name: "audit", path: "/audit", budget: ADMIN },
];

/** A signed-in page with the palette; a query that finds something; the page that answers without script. */
export const palette = { path: "/", query: "a", search: "/search" };

/** A page with a copy button: the gallery, which debug builds have. */
export const copyButton = { path: "/style" };
