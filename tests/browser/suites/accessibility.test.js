// Every page, light and dark and on a narrow screen: no violation that axe can find, no sideways scroll.
import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "../lib/axe.js";
import { open, scripts } from "../lib/browser.js";
import { fixture } from "../lib/fixture.js";
import { adminPages, publicPages } from "../pages.js";

const looks = [
  { look: "light", options: { colorScheme: "light" } },
  { look: "dark", options: { colorScheme: "dark" } },
  { look: "320 px", options: { colorScheme: "light", viewport: { width: 320, height: 640 } } },
];

const it = fixture();
const all = [
  ...publicPages.map((page) => ({ ...page, as: "visitor" })),
  ...adminPages.map((page) => ({ ...page, as: "admin" })),
];

for (const entry of all) {
  const { name, as } = entry;
  for (const { look, options } of looks) {
    test(`${name} is accessible, ${look}`, async () => {
      // axe is a script. Without scripts on the page, the page's own are kept away instead:
      // what axe reads is then what a browser without scripts shows.
      const context = await it[as]({ ...options, javaScriptEnabled: true, reducedMotion: "reduce" });
      const page = await context.newPage();
      if (!scripts) await page.route("**/assets/*.js", (route) => route.abort());
      const response = await open(page, it.url(await it.pathOf(entry)));
      assert.equal(response.status(), 200);
      assert.deepEqual(await violations(page), []);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      const screen = page.viewportSize().width;
      assert.ok(width <= screen, `${width} px of page on ${screen} px of screen`);
      await context.close();
    });
  }
}
