// What a page weighs: bytes over the wire, headers and encodings included.

/** Loads `url` in `page` and sums what came over the wire, by kind of resource. */
export async function weigh(page, url, load) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const kinds = new Map();
  const addresses = new Map();
  const sums = { total: 0, script: 0 };
  const parts = [];
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    const wasm = response.mimeType === "application/wasm";
    kinds.set(requestId, wasm || type === "Script" ? "script" : type.toLowerCase());
    addresses.set(requestId, response.url);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    sums.total += encodedDataLength;
    if (kind === "script") sums.script += encodedDataLength;
    parts.push(`${encodedDataLength} ${kind} ${addresses.get(requestId)}`);
  });
  await load(page, url);
  await page.waitForLoadState("networkidle");
  await session.detach();
  return { ...sums, parts };
}
