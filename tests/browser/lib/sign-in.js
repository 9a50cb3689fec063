// The way in. The one place that knows what the set-up page asks for.

export const PASSWORD = "quiet otter paints eleven ladders";

/** Signs the demo company's administrator in, once for a server: the set-up link works a single time. */
export async function signIn(context, tenure) {
  const page = await context.newPage();
  await page.goto(tenure.origin + tenure.signInPath);
  for (const field of await page.locator('input[type="password"]').all()) {
    await field.fill(PASSWORD);
  }
  const submit = page.locator('main form[method="post"] button:not([type="button"])').first();
  if ((await submit.count()) > 0) {
    await Promise.all([page.waitForNavigation(), submit.click()]);
  }
  await page.locator('input[name="user_name"]').fill("admin");
  await page.locator('input[name="password"]').fill(PASSWORD);
  await Promise.all([page.waitForNavigation(), page.locator('main form[action="/sign-in"] button').first().click()]);
  const path = new URL(page.url()).pathname;
  if (path.startsWith("/sign-in") || path.startsWith("/set-up")) {
    const said = await page.locator("main").innerText();
    throw new Error(`still at ${path} after signing in:\n${said}`);
  }
  await page.close();
}
