// Starts the islands of a page. server/build.rs writes the two addresses in, hashed.
// Loaded as a module with the page's nonce; under 'strict-dynamic' what it imports is trusted with it.
const GLUE = "__ISLANDS_JS__";
const WASM = "__ISLANDS_WASM__";

const islands = document.querySelectorAll("leptos-island");
let failed = 0;

if (islands.length > 0) {
  const glue = await import(GLUE);
  await glue.default({ module_or_path: WASM });
  glue.hydrate();
  for (const island of islands) {
    try {
      await glue[island.dataset.component](island);
    } catch (error) {
      failed += 1;
      console.error(`The island ${island.dataset.component} did not start.`, error);
    }
  }
}

// Tests wait for this, and styles may.
document.documentElement.dataset.hydrated = failed === 0 ? "all" : "partly";
