// The copy button copies what it says, and is not there without script.
import assert from "node:assert/strict";
import { open, plain, scripted, watchedPage } from "../lib/browser.js";
import { fixture } from "../lib/fixture.js";
import { copyButton } from "../pages.js";

const it = fixture();

scripted("it copies the text, says so, and is named for it", async () => {
  const context = await it.admin();
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: it.tenure.origin });
  const page = await watchedPage(context);
  await open(page, it.url(copyButton.path));
  const copy = page.locator("[data-copy]").first();
  const text = await copy.getAttribute("data-copy");
  const what = await copy.getAttribute("data-copy-what");
  await copy.getByRole("button", { name: `Copy ${what}` }).click();
  await copy.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
  assert.deepEqual(page.faults, []);
  await context.close();
});

scripted("it says so when the browser refuses", async () => {
  const context = await it.admin();
  const page = await context.newPage();
  // What a page without TLS has: no clipboard at all.
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await open(page, it.url(copyButton.path));
  const copy = page.locator("[data-copy]").first();
  await copy.getByRole("button").click();
  await copy.getByRole("status").filter({ hasText: "Not copied" }).waitFor();
  await context.close();
});

plain("without script there is no button to fail", async () => {
  const context = await it.admin();
  const page = await context.newPage();
  await open(page, it.url(copyButton.path));
  assert.equal(await page.locator("[data-copy] button").first().isVisible(), false);
  await context.close();
});
