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
  });
  after(async () => {
    await it.browser?.close();
    await it.tenure?.stop();
  });
  return it;
}
