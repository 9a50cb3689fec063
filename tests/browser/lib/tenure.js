// Starts the built binary with a database of its own. The one place that knows its command line.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const STARTS_WITHIN = 20_000;

/**
 * A server with the demo company: `{ origin, signInPath, stop, sql }`. `name`: it is reached by the name of this machine,
 * as passkeys want it; `sql` changes the database, where time has to pass. Those two need a server of the test's own.
 */
export async function startTenure({ name } = {}) {
  const { TENURE_ORIGIN, TENURE_SIGN_IN, TENURE_BIN } = process.env;
  if (TENURE_ORIGIN && !name) {
    return { origin: TENURE_ORIGIN, signInPath: TENURE_SIGN_IN, stop: async () => {} };
  }
  if (!TENURE_BIN) throw new Error("TENURE_BIN names no binary to start");

  const folder = await mkdtemp(join(tmpdir(), "tenure-browser-"));
  const file = join(folder, "tenure.db");
  const database = `sqlite://${file}`;
  try {
    await promisify(execFile)(TENURE_BIN, ["--database", database, "demo"]);
    const server = await serve(TENURE_BIN, database, name);
    const stop = async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
    const change = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=30) as db: db.execute(sys.argv[2])";
    const sql = (text) => promisify(execFile)("python3", ["-c", change, file, text]);
    return { origin: server.origin, signInPath: server.signInPath, stop, sql };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Starts the server; it prints the link with which the first administrator chooses a password. */
async function serve(binary, database, name) {
  const port = await freePort();
  const origin = `http://${name ?? "127.0.0.1"}:${port}`;
  const env = name ? { ...process.env, TENURE_PUBLIC_URL: origin } : process.env;
  const process_ = spawn(binary, ["--database", database, "serve", "--listen", `127.0.0.1:${port}`], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  let said = "";
  for (const stream of [process_.stdout, process_.stderr]) {
    stream.on("data", (chunk) => (said = (said + chunk).slice(-20_000)));
  }
  let ended = null;
  const end = new Promise((resolve) => {
    const done = (what) => resolve((ended = `${what}`));
    process_.on("exit", (code, signal) => done(`ended with ${code ?? signal}`));
    process_.on("error", done);
  });
  const stop = async () => {
    if (ended === null) process_.kill("SIGTERM");
    await end;
  };

  const until = Date.now() + STARTS_WITHIN;
  while (Date.now() < until && ended === null) {
    const signInPath = said.match(/\/set-up\?token=\S+/)?.[0];
    const answers = await fetch(origin, { redirect: "manual" }).then(() => true, () => false);
    if (answers && signInPath) return { origin, signInPath, stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const why = ended ?? `did not answer within ${STARTS_WITHIN} ms`;
  await stop();
  throw new Error(`tenure serve ${why}:\n${said}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
