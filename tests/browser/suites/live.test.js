// A record that moves by itself while somebody looks at it, and the link that does it without script.
import assert from "node:assert/strict";
import { violations } from "../lib/axe.js";
import { open, plain, scripted, watchedPage } from "../lib/browser.js";
import { fixture } from "../lib/fixture.js";

const it = fixture();
const SAID = "[data-live=said]";

/** Somebody else, at work elsewhere: sends the form of a page, by its address. */
async function send(context, path, form, page = path) {
  const headers = { origin: it.tenure.origin };
  const text = await (await context.request.get(it.url(page))).text();
  const token = text.match(/name="_token" value="([^"]+)"/)[1];
  const reply = await context.request.post(it.url(path), { form: { _token: token, ...form }, headers, maxRedirects: 0 });
  assert.equal(reply.status(), 303, `${path}: ${await reply.text()}`);
  return reply.headers().location.replace(/[?#].*/, "");
}

/** Somebody who has left, and so many services that wait for another owner. Gives the record and how to hand one over. */
async function leaver(context, name, services) {
  const person = await send(context, "/identities/new", { kind: "person", user_name: name, display_name: name });
  for (let n = 1; n <= services; n += 1) {
    const service = { kind: "service", user_name: `${name}.${n}`, display_name: `${name}.${n}`, purpose: "builds", owner_id: name };
    await send(context, "/identities/new", service);
  }
  await send(context, `${person}/end`, { reason: "left", confirm: name });
  const list = await (await context.request.get(it.url("/offboarding"))).text();
  const record = list.match(/href="(\/offboarding\/[0-9a-f-]{36})"/)[1];
  const handOver = async (n) => {
    const tasks = await (await context.request.get(it.url("/hand-overs"))).text();
    const row = tasks.split("<li").find((part) => part.includes(`${name}.${n}`) && part.includes("/hand-overs/"));
    await send(context, row.match(/action="(\/hand-overs\/[0-9a-f-]{36})"/)[1], { owner: "admin" }, "/hand-overs");
  };
  return { record, handOver };
}

const says = (page, words) => page.locator(SAID, { hasText: words }).waitFor();

scripted("it moves by itself, keeps the focus and the place, and stops when all is done", async () => {
  const context = await it.admin({ viewport: { width: 320, height: 600 } });
  const { record, handOver } = await leaver(context, "lark", 2);
  const page = await watchedPage(context);
  let loads = 0;
  page.on("request", (request) => (loads += new URL(request.url()).pathname === record ? 1 : 0));
  const connected = page.waitForResponse((response) => response.url().endsWith("/events"));
  await open(page, it.url(record));
  await connected;
  await says(page, "0 of 2 done");
  const json = page.getByRole("link", { name: "JSON" });
  await page.locator("summary", { hasText: "Signed note" }).click();
  await json.focus();
  await page.evaluate((said) => {
    window.scrollTo(0, 120);
    document.querySelector(said).same = true;
  }, SAID);
  assert.equal(loads, 1, "what is shown already is not loaded again");

  await handOver(1);
  await says(page, "1 of 2 done");
  assert.equal(loads, 2);
  assert.ok(await json.evaluate((link) => link === document.activeElement), "the focus stays");
  assert.equal(await page.evaluate(() => window.scrollY), 120, "the place stays");
  assert.ok(await page.locator(SAID).evaluate((said) => said.same && said.ariaLive === "polite"), "the line is the one that is listened to");
  assert.equal(await page.locator("details[open] [data-live=note]").count(), 1, "what was opened stays open");
  assert.match(await page.locator("[data-live=items]").innerText(), /lark\.1[\s\S]*Verified\s+just now[\s\S]*lark\.2/);

  await handOver(2);
  await says(page, "2 of 2 done");
  assert.match(await page.locator("main").innerText(), /Complete: nothing can act in this name any more/);
  const again = page.waitForRequest((request) => request.url().endsWith("/events"), { timeout: 5_000 }).then(() => true, () => false);
  assert.equal(await again, false, "it does not connect again");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.faults, []);
  await context.close();
});

scripted("a lost connection is said in words, and found again", async () => {
  const context = await it.admin();
  const { record, handOver } = await leaver(context, "wagtail", 1);
  const page = await context.newPage();
  await page.clock.install();
  await page.route("**/events", (route) => route.fulfill({ status: 503, body: "" }));
  await open(page, it.url(record));
  const lost = page.getByRole("status").filter({ hasText: "connection is lost" });
  assert.equal(await lost.count(), 0, "a short loss is not worth a word");
  await page.clock.fastForward(11_000);
  await lost.waitFor();
  await page.unroute("**/events");
  await handOver(1);
  // The pause after the second refusal is twice as long.
  await page.clock.fastForward(21_000);
  await says(page, "1 of 1 done");
  await lost.waitFor({ state: "detached" });
  await context.close();
});

scripted("when the session is over it says so, and shows what was there", async () => {
  const context = await it.visitor();
  const admin = await it.admin();
  await context.addCookies(await admin.cookies());
  const { record } = await leaver(admin, "dipper", 1);
  const page = await context.newPage();
  await page.clock.install();
  await page.route("**/events", (route) => route.fulfill({ status: 303, headers: { location: "/sign-in" } }));
  await open(page, it.url(record));
  await page.clock.fastForward(11_000);
  await page.getByRole("status").filter({ hasText: "connection is lost" }).waitFor();
  await context.clearCookies();
  await page.clock.fastForward(21_000);
  await page.getByRole("status").filter({ hasText: "You are signed out or may not see this any more" }).waitFor();
  assert.equal(new URL(page.url()).pathname, record);
  await says(page, "0 of 1 done");
  await context.close();
  await admin.close();
});

plain("without script it stays as it is until the link is followed", async () => {
  const context = await it.admin();
  const { record, handOver } = await leaver(context, "linnet", 1);
  const page = await watchedPage(context);
  await open(page, it.url(record));
  await says(page, "0 of 1 done");
  await handOver(1);
  await says(page, "0 of 1 done");
  await page.getByRole("link", { name: "Refresh" }).click();
  await says(page, "1 of 1 done");
  assert.equal(await page.getByRole("link", { name: "Refresh" }).count(), 0);
  assert.deepEqual(page.faults, []);
  await context.close();
});
