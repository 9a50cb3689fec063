// Chromium, with or without scripts, and pages that say when they are ready.
import { test } from "node:test";
import { chromium } from "playwright-core";

/** Whether this run has scripts on. */
export const scripts = process.env.TENURE_SCRIPT !== "off";

/** A test of what scripts do; the run without them does not have it. */
export const scripted = (name, body) => scripts && test(name, body);

/** A test of what there is without scripts. */
export const plain = (name, body) => scripts || test(name, body);

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the browser. */
export function launch() {
  const executablePath = process.env.TENURE_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: QUIET });
}

/** A new profile. Signed in where `state` is another profile's storage state. */
export function newContext(browser, options = {}) {
  return browser.newContext({ javaScriptEnabled: scripts, ...options });
}

/**
 * A page that notes what must not happen: errors, and what the content policy refused.
 * Read `page.faults` after it.
 */
export async function watchedPage(context) {
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") page.faults.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A request that a navigation cut off has not failed.
    if (reason !== "net::ERR_ABORTED") page.faults.push(`${request.url()}: ${reason}`);
  });
  return page;
}

/** Opens a page and waits until its islands have started, if it has any and scripts are on. */
export async function open(page, url) {
  const response = await page.goto(url, { waitUntil: "load" });
  if (scripts && (await page.locator("leptos-island").count()) > 0) {
    await page.waitForSelector("html[data-hydrated]");
    const state = await page.locator("html").getAttribute("data-hydrated");
    if (state !== "all") throw new Error(`islands of ${url} have started ${state}`);
  }
  return response;
}
