// What people come to do, from the first click to the last: with scripts and without, wide and narrow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, watchedPage } from "../lib/browser.js";
import { fixture } from "../lib/fixture.js";

const it = fixture();

const HEADER = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date";
const WREN = "C1,wren.oakes,Wren,Oakes,wren@contractor.example,Field,Surveyor,,2024-01-01";
const ROBIN = "C2,robin.ash,Robin,Ash,,Field,Surveyor,C1,2024-01-01";

const file = (rows) => ({ name: "contractors.csv", mimeType: "text/csv", buffer: Buffer.from([HEADER, ...rows, ""].join("\n")) });
const submit = (page, field) => page.locator(`form:has([name="${field}"])`).getByRole("button").last().click();

async function upload(page, rows) {
  await open(page, it.url("/imports/new"));
  await page.locator("[name=source]").fill("Contractors");
  await page.locator("[name=file]").setInputFiles(file(rows));
  await submit(page, "file");
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
}

const apply = (page) => page.locator('form[action$="/apply"]').getByRole("button").click();

async function person(page, words) {
  await open(page, it.url(`/identities?q=${words}`));
  await page.locator("main table a[href^='/identities/']").first().click();
  await page.waitForURL(/\/identities\/[0-9a-f-]{36}/);
}

test("a list is uploaded, looked at and applied", async () => {
  const context = await it.admin();
  const page = await watchedPage(context);
  await upload(page, [WREN, ROBIN]);
  await page.getByText("Nothing has changed yet.").waitFor();
  assert.match(await page.locator("main").innerText(), /Wren Oakes/);
  await open(page, it.url("/identities?q=wren"));
  assert.equal(await page.getByText("Wren Oakes").count(), 0, "a preview records nobody");
  await page.goBack();
  await apply(page);
  await page.getByRole("paragraph").filter({ hasText: "The import was applied." }).waitFor();
  await person(page, "wren");
  assert.match(await page.locator("h1").innerText(), /Wren Oakes/);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a faulty row is named by its line, and nothing is applied until somebody says so", async () => {
  const context = await it.admin();
  const page = await context.newPage();
  await upload(page, [WREN, ROBIN, "C3,,Lark,Elm,,Field,Surveyor,,2024-01-01"]);
  const rejected = page.locator("#rejected, section:has(#rejected)").first();
  assert.match(await rejected.innerText(), /4/, "the line of the file");
  await apply(page);
  await page.getByRole("alert").or(page.locator(".error-summary, [role=alert]")).first().waitFor();
  assert.match(await page.title(), /^Error/);
  await context.close();
});

test("somebody is ended on a phone, and what was typed survives a mistake", async () => {
  const context = await it.admin({ viewport: { width: 320, height: 700 } });
  const page = await watchedPage(context);
  await person(page, "robin");
  const address = page.url().replace(/[?#].*/, "");
  await open(page, `${address}/end`);
  await page.locator("[name=reason]").fill("the survey is over");
  await page.locator("[name=confirm]").fill("somebody.else");
  await submit(page, "confirm");
  await page.locator("[name=confirm]").waitFor();
  assert.equal(await page.locator("[name=reason]").inputValue(), "the survey is over", "what was typed is there");
  await page.locator("[name=confirm]").fill("robin.ash");
  await submit(page, "confirm");
  await page.waitForURL(/\/ended/);
  await open(page, address);
  assert.match(await page.locator("main").innerText(), /Terminated/i);

  await open(page, `${address}/rehire`);
  await page.locator("[name=reason]").fill("it goes on");
  await submit(page, "reason");
  await page.waitForURL(/said=rehired/);
  await page.getByRole("link", { name: "End…", exact: true }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Rehire…" }).count(), 0);
  await context.close();
});

test("a contractor without a source gets a last day", async () => {
  const context = await it.admin();
  const page = await watchedPage(context);
  await open(page, it.url("/identities/new"));
  await page.locator("[name=kind][value=person]").check({ force: true });
  await page.locator("[name=user_name]").fill("tern.hollow");
  await page.locator("[name=display_name]").fill("Tern Hollow");
  await page.locator("[name=manager_id]").fill("wren.oakes");
  const last = new Date(Date.now() + 90 * 86_400_000);
  await page.locator("[name=end_on-day]").fill(String(last.getUTCDate()));
  await page.locator("[name=end_on-month]").fill(String(last.getUTCMonth() + 1));
  await page.locator("[name=end_on-year]").fill("20x6");
  await submit(page, "user_name");
  await page.locator("[name=end_on-year]").waitFor();
  assert.match(await page.title(), /^Error/);
  assert.equal(await page.locator("[name=end_on-year]").inputValue(), "20x6");
  await page.locator("[name=end_on-year]").fill(String(last.getUTCFullYear()));
  await submit(page, "user_name");
  await page.waitForURL(/said=created/);
  const text = await page.locator("main").innerText();
  assert.match(text, /Tern Hollow/);
  assert.match(text, /Wren Oakes/);
  await context.close();
});
