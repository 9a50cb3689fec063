// Second factors in a browser: an app and recovery codes with scripts and without; passkeys by Chromium's virtual
// authenticator, which answers as a real one does.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { launch, newContext, open, scripted, watchedPage } from "../lib/browser.js";
import { PASSWORD, signIn } from "../lib/sign-in.js";
import { startTenure } from "../lib/tenure.js";

let tenure, browser;
const url = (path) => tenure.origin + path;

// Passkeys are bound to a name: this machine's, not its number.
before(async () => {
  tenure = await startTenure({ name: "localhost" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await tenure?.stop();
});

const button = (page, name) => page.locator("main").getByRole("button", { name, exact: true });
const go = (page, name) => Promise.all([page.waitForNavigation(), button(page, name).first().click()]);

/** What an app shows (RFC 6238). */
function code(text, at = Date.now()) {
  const bits = [...text.replaceAll(" ", "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const tag = createHmac("sha1", key).update(step).digest();
  return String((tag.readUInt32BE(tag.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function password(page) {
  await open(page, url("/sign-in"));
  await page.locator('[name="user_name"]').fill("admin");
  await page.locator('[name="password"]').fill(PASSWORD);
  await Promise.all([page.waitForNavigation(), page.locator('main form[action="/sign-in"] button').click()]);
}

async function signOut(page) {
  await page.context().clearCookies();
}

/** An authenticator in the browser. */
async function authenticator(page, options = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...options },
  });
  const credentials = async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const put = async (credential) => {
    await session.send("WebAuthn.removeCredential", { authenticatorId, credentialId: credential.credentialId });
    await session.send("WebAuthn.addCredential", { authenticatorId, credential });
  };
  return { credentials, put, remove: () => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }) };
}

const sessionKey = async (context) => (await context.cookies()).find((cookie) => cookie.name === "tenure").value;

/** Sends a form that asks for a fresh proof, long after the last one. */
async function sendStale(page) {
  await tenure.sql("UPDATE portal_sessions SET data = json_set(data, '$.who.proved_at', '2020-01-01T00:00:00Z') WHERE json_extract(data, '$.who') IS NOT NULL");
  await open(page, url("/account/tokens/new"));
  await page.locator('[name="label"]').fill("From the test");
  await page.locator('[name="purpose"]').fill("a proof");
  await Promise.all([page.waitForNavigation(), page.locator('form[action="/account/tokens/new"] button').last().click()]);
  assert.match(await page.locator("h1").innerText(), /Is it you/);
}

let secret, codes;

test("an app is added by its code, and is asked for from then on", async () => {
  const context = await newContext(browser);
  const page = await watchedPage(context);
  await signIn(context, tenure);
  await open(page, url("/account/factors"));
  await go(page, "Add an authenticator app");
  assert.equal(await page.locator("svg.qr path").count(), 1);
  secret = await page.locator("main code").first().innerText();
  await page.locator('[name="code"]').fill("000000");
  await go(page, "Add it");
  assert.match(await page.title(), /^Error/);
  assert.equal(await page.locator("main code").first().innerText(), secret, "the same is shown again");
  await page.locator('[name="code"]').fill(code(secret));
  await go(page, "Add it");
  assert.match(await page.locator("main").innerText(), /Authenticator app/);
  await go(page, "Make recovery codes");
  codes = await page.locator("main ol code").allInnerTexts();
  assert.equal(codes.length, 10);
  assert.deepEqual(page.faults.filter((fault) => !/422/.test(fault)), []);

  await signOut(page);
  await password(page);
  assert.equal(new URL(page.url()).pathname, "/sign-in/second");
  for (const path of ["/", "/account/factors", "/api/v1/me"]) {
    const answer = await page.request.get(url(path), { maxRedirects: 0 });
    assert.notEqual(answer.status(), 200, `${path} with the first factor alone`);
  }
  await open(page, url("/sign-in/second"));
  await page.locator('[name="code"]').fill("000000");
  await go(page, "Sign in");
  assert.match(await page.locator("main").innerText(), /wrong, or was used before/i);
  // The code of this step enrolled the app; the one of the next is taken too.
  await page.locator('[name="code"]').fill(code(secret, Date.now() + 30_000));
  await go(page, "Sign in");
  assert.equal(new URL(page.url()).pathname, "/");
  await context.close();
});

test("a recovery code signs in once", async () => {
  const context = await newContext(browser);
  const page = await context.newPage();
  for (const [n, path] of [[0, "/"], [0, "/sign-in/second"], [1, "/"]]) {
    await signOut(page);
    await password(page);
    await page.locator('[name="code"]').fill(codes[n]);
    await go(page, "Sign in");
    assert.equal(new URL(page.url()).pathname, path, `code ${n}`);
  }
  await context.close();
});

scripted("a passkey is added, signs in alone and after a password, and a copy of it is refused", async () => {
  const context = await newContext(browser);
  const page = await watchedPage(context);
  const keys = await authenticator(page);
  await password(page);
  await page.locator('[name="code"]').fill(codes[2]);
  await go(page, "Sign in");

  await open(page, url("/account/factors"));
  await page.locator('form[data-passkey="create"] [name="name"]').fill("Key of the test");
  await go(page, "Add a passkey");
  assert.match(await page.locator("main").innerText(), /Key of the test/);
  assert.equal((await keys.credentials()).length, 1);

  await signOut(page);
  await open(page, url("/sign-in?next=/identities"));
  await go(page, "Sign in with a passkey");
  assert.equal(new URL(page.url()).pathname, "/identities", "a passkey alone, and on to where one wanted to go");

  await signOut(page);
  await password(page);
  await go(page, "Use a passkey");
  assert.equal(new URL(page.url()).pathname, "/");

  await sendStale(page);
  await go(page, "Use a passkey");
  await go(page, "Carry it out");
  assert.match(await page.locator("main").innerText(), /tnr_/, "shown anew by the passkey");
  assert.deepEqual(page.faults.filter((fault) => !/403/.test(fault)), []);

  // A copy that was made before the last two answers.
  const [key] = await keys.credentials();
  await keys.put({ ...key, signCount: 1 });
  await signOut(page);
  await open(page, url("/sign-in"));
  await go(page, "Sign in with a passkey");
  assert.match(await page.locator("main").innerText(), /two of it/);
  await keys.put({ ...key, signCount: 100 });
  await open(page, url("/sign-in"));
  await go(page, "Sign in with a passkey");
  assert.match(await page.locator("main").innerText(), /serves no more/);

  await password(page);
  await page.locator('[name="code"]').fill(codes[3]);
  await go(page, "Sign in");
  await open(page, url("/account/factors"));
  assert.match(await page.locator("main").innerText(), /A copy of it was seen/);
  await page.locator("tr", { hasText: "Key of the test" }).locator("summary").click();
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Remove Key of the test" }).click()]);
  assert.doesNotMatch(await page.locator("main table").innerText(), /Key of the test/);
  await keys.remove();
  await context.close();
});

scripted("a key that does not know who sits before it says so, and another way is open", async () => {
  const context = await newContext(browser);
  const page = await context.newPage();
  const keys = await authenticator(page, { isUserVerified: false });
  await open(page, url("/sign-in"));
  await button(page, "Sign in with a passkey").click();
  await page.locator("[data-said]", { hasText: "did not answer" }).waitFor();
  assert.equal(await page.locator('[name="password"]').count(), 1);
  await keys.remove();
  await context.close();
});

test("what asks for a fresh proof keeps what was sent, and carries it out by a click", async () => {
  const context = await newContext(browser);
  const page = await context.newPage();
  await password(page);
  await page.locator('[name="code"]').fill(codes[4]);
  await go(page, "Sign in");
  const before = await sessionKey(context);
  await sendStale(page);
  assert.doesNotMatch(await page.content(), /tnr_/);
  await page.locator('[name="code"]').fill("000000");
  await go(page, "Go on");
  assert.match(await page.title(), /^Error/);
  // A code counts once; as if the last one had been long ago.
  await tenure.sql("UPDATE factors SET last_step = 0 WHERE kind = 'code'");
  await page.locator('[name="code"]').fill(code(secret));
  await go(page, "Go on");
  assert.match(await page.locator("h1").innerText(), /Go on/);
  assert.notEqual(await sessionKey(context), before, "the session has a new key");
  await go(page, "Carry it out");
  assert.match(await page.locator("main").innerText(), /tnr_/, "the token that was asked for");
  await context.close();
});
