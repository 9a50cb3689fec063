// What nearly every test file starts with: a server, a browser, an administrator.
import { after, before } from "node:test";
import { launch, newContext } from "./browser.js";
import { signIn } from "./sign-in.js";
import { startTenure } from "./tenure.js";

/**
 * Starts everything before the file's tests and ends it after them.
 * `fixture.admin(options)` gives a new profile that is signed in, `fixture.visitor(options)` one that is not.
 */
export function fixture() {
  const it = {};
  before(async () => {
    it.tenure = await startTenure();
    it.browser = await launch();
    let state;
    if (it.tenure.signInPath) {
      const context = await newContext(it.browser);
      await signIn(context, it.tenure);
      state = await context.storageState();
      await context.close();
    }
    it.visitor = (options) => newContext(it.browser, options);
    it.admin = (options) => newContext(it.browser, { ...options, storageState: state });
    it.url = (path) => it.tenure.origin + path;
    // The address of a page, or of the first thing in a list.
    it.pathOf = async ({ path, first }) => {
      if (path) return path;
      const context = await it.admin();
      const page = await context.newPage();
      await page.goto(it.url(first.in));
      const href = await page.locator(first.link).first().getAttribute("href");
      await context.close();
      return href + (first.then ?? "");
    };
  });
  after(async () => {
    await it.browser?.close();
    await it.tenure?.stop();
  });
  return it;
}
