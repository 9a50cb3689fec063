// npm's oidc-provider on the loopback: node provider.mjs PORT. Whoever comes is `account`, without a form: what is tested
// is the other side. POST /control sets { account, clients, people }; POST /rotate gives it other keys, and no restart.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import http from "node:http";
import { text as body } from "node:stream/consumers";
import Provider, { errors } from "oidc-provider";

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const state = { account: "ada", clients: {}, people: {}, failures: [] };

// One storage for all instances of the provider: a rotation must not end sessions.
const storage = new Map();
class Adapter {
  constructor(model) {
    this.model = model;
  }
  key(id) {
    return `${this.model}:${id}`;
  }
  async upsert(id, payload) {
    storage.set(this.key(id), payload);
  }
  async find(id) {
    return this.model === "Client" ? state.clients[id] : storage.get(this.key(id));
  }
  async findByUid(uid) {
    return [...storage.values()].find((payload) => payload.uid === uid);
  }
  async findByUserCode() {}
  async consume(id) {
    storage.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    storage.delete(this.key(id));
  }
  async revokeByGrantId(grantId) {
    for (const [key, payload] of storage) if (payload.grantId === grantId) storage.delete(key);
  }
}

function keys() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" }] };
}

let provider;
function make() {
  provider = new Provider(issuer, {
    adapter: Adapter,
    jwks: keys(),
    cookies: { keys: ["of the test"] },
    claims: { openid: ["sub"], profile: ["preferred_username", "employee_id"], email: ["email", "email_verified"] },
    async findAccount(_, sub) {
      return { accountId: sub, claims: async () => ({ sub, ...state.people[sub] }) };
    },
    async loadExistingGrant(ctx) {
      const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    // Its own refuses the loopback, where the whole test is.
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    ttl: { Session: 3600, Interaction: 600, Grant: 3600, AccessToken: 600, IdToken: 600 },
  });
  const fail = (name) => (...all) => state.failures.push(`${name}: ${all.map((one) => one?.message ?? "").join(" ")}`);
  for (const name of ["server_error", "backchannel.error", "authorization.error", "grant.error"]) provider.on(name, fail(name));
}
make();

http
  .createServer(async (request, response) => {
    const { pathname } = new URL(request.url, issuer);
    if (pathname === "/control") {
      Object.assign(state, JSON.parse(await body(request)));
      return response.writeHead(204).end();
    }
    if (pathname === "/failures") return response.writeHead(200).end(JSON.stringify(state.failures));
    if (pathname === "/rotate") {
      make();
      return response.writeHead(204).end();
    }
    if (pathname.startsWith("/login/")) {
      try {
        const { prompt } = await provider.interactionDetails(request, response);
        if (prompt.name !== "login") throw new errors.AccessDenied(`asked for ${prompt.name}`);
        return await provider.interactionFinished(request, response, { login: { accountId: state.account } });
      } catch (error) {
        return response.writeHead(500).end(String(error));
      }
    }
    return provider.callback()(request, response);
  })
  .listen(port, "127.0.0.1", () => console.log("ready"));
