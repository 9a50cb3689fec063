// A provider that says what it is told to, right or wrong: node hostile.mjs PORT. It has keys of its own, and others.
// POST /control { metadata, id_token, userinfo, token_status } sets what it answers; POST /sign { header, claims, with }
// gives a token signed `with` its own key, `other`, `hmac` (its public key as the secret) or `nothing`; POST /rotate gives
// it a new key; GET /seen says what it was asked.
import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import http from "node:http";
import { text as body } from "node:stream/consumers";

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const pair = (bits) => ({ kid: randomUUID(), ...generateKeyPairSync("rsa", { modulusLength: bits }) });
let own = pair(2048);
const other = pair(2048);
const state = { metadata: {}, id_token: "", userinfo: {}, token_status: 200 };
const seen = { tokens: [], jwks: 0, discovery: 0, codes: [] };

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwks = () => ({ keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: own.kid, use: "sig", alg: "RS256" }] });

function token({ header, claims, with: by }) {
  const key = by === "other" ? other : own;
  const input = `${encode({ alg: "RS256", kid: own.kid, ...header })}.${encode(claims)}`;
  if (by === "nothing") return `${input}.`;
  if (by === "hmac") {
    const secret = own.publicKey.export({ type: "spki", format: "pem" });
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  }
  return `${input}.${sign("sha256", Buffer.from(input), key.privateKey).toString("base64url")}`;
}

const metadata = () => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
  end_session_endpoint: `${issuer}/end`,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  code_challenge_methods_supported: ["S256"],
  authorization_response_iss_parameter_supported: true,
  ...state.metadata,
});

http
  .createServer(async (request, response) => {
    const { pathname } = new URL(request.url, issuer);
    const say = (value, status = 200) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const text = await body(request);
    switch (pathname) {
      case "/.well-known/openid-configuration":
        seen.discovery += 1;
        return say(metadata());
      case "/jwks":
        seen.jwks += 1;
        return say(jwks());
      case "/token": {
        const form = new URLSearchParams(text);
        const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
        seen.tokens.push({ code: form.get("code"), redirect_uri: form.get("redirect_uri"), challenge, authorization: request.headers.authorization });
        if (state.token_status !== 200) return say({ error: "temporarily_unavailable" }, state.token_status);
        if (seen.codes.includes(form.get("code"))) return say({ error: "invalid_grant" }, 400);
        seen.codes.push(form.get("code"));
        return say({ access_token: "of-the-test", token_type: "Bearer", id_token: state.id_token });
      }
      case "/userinfo":
        return say(state.userinfo);
      case "/control":
        Object.assign(state, JSON.parse(text));
        return response.writeHead(204).end();
      case "/sign":
        return response.writeHead(200).end(token(JSON.parse(text)));
      case "/rotate":
        own = pair(2048);
        return response.writeHead(204).end();
      case "/seen":
        return say(seen);
      default:
        return say({ error: "nothing here" }, 404);
    }
  })
  .listen(port, "127.0.0.1", () => console.log("ready"));
