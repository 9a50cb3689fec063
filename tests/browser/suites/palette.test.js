// The palette by keyboard and by pointer, and the way to the same without script.
import assert from "node:assert/strict";
import { violations } from "../lib/axe.js";
import { open, plain, scripted, watchedPage } from "../lib/browser.js";
import { fixture } from "../lib/fixture.js";
import { palette } from "../pages.js";

const it = fixture();
const INPUT = "#palette-q";
const LINES = "#palette-list [role=option]";

async function opened(options) {
  const context = await it.admin(options);
  const page = await watchedPage(context);
  await open(page, it.url(palette.path));
  return page;
}

const active = (page) => page.locator(INPUT).getAttribute("aria-activedescendant");

async function search(page, text) {
  await page.locator(INPUT).fill(text);
  await page.waitForFunction(
    ([input, text]) => {
      const field = document.querySelector(input);
      return field.value === text && field.hasAttribute("aria-activedescendant");
    },
    [INPUT, text],
  );
}

scripted("Ctrl-K opens it, Escape closes it and gives the focus back", async () => {
  const page = await opened();
  const link = page.locator("a").first();
  await link.focus();
  await page.keyboard.press("Control+k");
  await page.waitForSelector("dialog.palette[open]");
  assert.ok(await page.locator(INPUT).evaluate((field) => field === document.activeElement));
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog.palette[open]").count(), 0);
  assert.ok(await link.evaluate((element) => element === document.activeElement));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

scripted("arrows move, the active line is named, Enter opens it", async () => {
  const page = await opened();
  await page.keyboard.press("Control+k");
  await search(page, palette.query);
  assert.equal(await page.locator(INPUT).getAttribute("aria-expanded"), "true");
  const count = await page.locator(LINES).count();
  assert.ok(count > 0);
  assert.equal(await active(page), "palette-hit-0");
  await page.keyboard.press("ArrowUp");
  assert.equal(await active(page), `palette-hit-${count - 1}`);
  await page.keyboard.press("ArrowDown");
  assert.equal(await active(page), "palette-hit-0");
  const line = page.locator(`${LINES}[aria-selected=true]`);
  assert.equal(await line.count(), 1);
  const href = await line.getAttribute("href");
  await Promise.all([page.waitForURL((url) => url.href.endsWith(href)), page.keyboard.press("Enter")]);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

scripted("typing fast asks once, and Enter before the answer goes to the search page", async () => {
  const page = await opened();
  await page.keyboard.press("Control+k");
  await search(page, palette.query);
  let asked = 0;
  await page.route("**/api/fn/search_palette", async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue().catch(() => {});
  });
  await page.locator(INPUT).pressSequentially("bcd", { delay: 20 });
  await page.waitForTimeout(300);
  assert.equal(asked, 1);
  assert.equal(await active(page), null, "no line may be active while the answer is awaited");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === palette.search);
  assert.equal(new URL(page.url()).searchParams.get("q"), `${palette.query}bcd`);
  await page.context().close();
});

scripted("a late answer to an earlier question is dropped", async () => {
  const page = await opened();
  const hits = (label) => JSON.stringify([{ kind: "Person", label, detail: "", href: "/" }]);
  await page.route("**/api/fn/search_palette", async (route) => {
    const query = new URLSearchParams(route.request().postData()).get("query");
    if (query === "slow") await new Promise((resolve) => setTimeout(resolve, 900));
    await route.fulfill({ contentType: "application/json", body: hits(query) }).catch(() => {});
  });
  await page.keyboard.press("Control+k");
  await page.locator(INPUT).fill("slow");
  await page.waitForTimeout(250);
  await search(page, "fast");
  await page.waitForTimeout(1_000);
  assert.equal(await page.locator(`${LINES} .palette__label`).innerText(), "fast");
  await page.context().close();
});

scripted("it says so when the server does not answer", async () => {
  const page = await opened();
  await page.route("**/api/fn/search_palette", (route) => route.fulfill({ status: 500 }));
  await page.keyboard.press("Control+k");
  await page.locator(INPUT).fill("x");
  await page.locator(".palette__status", { hasText: "does not answer" }).waitFor();
  await page.context().close();
});

scripted("the link to the search page opens it, and a click beside it closes it", async () => {
  const page = await opened();
  await page.locator("[data-palette-open]").first().click();
  await page.waitForSelector("dialog.palette[open]");
  await page.mouse.click(5, 5);
  assert.equal(await page.locator("dialog.palette[open]").count(), 0);
  await page.context().close();
});

for (const colorScheme of ["light", "dark"]) {
  scripted(`open and answered, it is accessible, ${colorScheme}`, async () => {
    const page = await opened({ colorScheme, reducedMotion: "reduce" });
    await page.keyboard.press("Control+k");
    await search(page, palette.query);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });
}

plain("without script its link leads to the search page", async () => {
  const page = await opened();
  await page.locator("[data-palette-open]").first().click();
  await page.waitForURL((url) => url.pathname === palette.search);
  assert.equal(await page.locator("dialog.palette").isVisible(), false);
  await page.context().close();
});
