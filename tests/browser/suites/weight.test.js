// Every page keeps its weight, and nothing that the content policy forbids happens on the way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, scripts, watchedPage } from "../lib/browser.js";
import { fixture } from "../lib/fixture.js";
import { weigh } from "../lib/weight.js";
import { SCRIPT_BUDGET, adminPages, publicPages } from "../pages.js";

const it = fixture();
const all = [
  ...publicPages.map((page) => ({ ...page, as: "visitor" })),
  ...adminPages.map((page) => ({ ...page, as: "admin" })),
];

for (const entry of all) {
  const { name, budget, as } = entry;
  test(`${name} keeps its weight, cold and warm`, async (t) => {
    const context = await it[as]();
    const page = await watchedPage(context);
    const path = await it.pathOf(entry);
    const cold = await weigh(page, it.url(path), open);
    const warm = await weigh(page, it.url(path), open);
    t.diagnostic(`cold ${cold.total}, of that script ${cold.script}, warm ${warm.total} bytes`);
    assert.ok(cold.total > 0, "nothing was measured");
    assert.ok(cold.total <= budget.cold, `cold ${cold.total}:\n${cold.parts.join("\n")}`);
    assert.ok(cold.script <= (scripts ? SCRIPT_BUDGET : 0), `script ${cold.script}`);
    assert.ok(warm.total <= budget.warm, `warm ${warm.total}:\n${warm.parts.join("\n")}`);
    assert.deepEqual(page.faults, []);
    await context.close();
  });
}
