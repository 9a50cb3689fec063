// Lets a passkey answer (WebAuthn). A form that is marked with data-passkey is hidden until this runs: without script, or in
// a browser without passkeys, there are other ways. server/build.rs puts this beside the loader.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const with_id = (known) => known.map((one) => ({ ...one, id: bytes(one.id) }));

async function created(options) {
  const key = options.publicKey;
  key.challenge = bytes(key.challenge);
  key.user.id = bytes(key.user.id);
  key.excludeCredentials = with_id(key.excludeCredentials ?? []);
  const made = await navigator.credentials.create({ publicKey: key });
  const { attestationObject, clientDataJSON } = made.response;
  return { id: made.id, rawId: text(made.rawId), type: made.type, extensions: {}, response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports: made.response.getTransports?.() ?? [] } };
}

async function shown(options) {
  const key = options.publicKey;
  key.challenge = bytes(key.challenge);
  key.allowCredentials = with_id(key.allowCredentials ?? []);
  const got = await navigator.credentials.get({ publicKey: key });
  const { authenticatorData, clientDataJSON, signature, userHandle } = got.response;
  return { id: got.id, rawId: text(got.rawId), type: got.type, extensions: {}, response: { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: userHandle ? text(userHandle) : null } };
}

const UNANSWERED = "The passkey did not answer. Try again, or use another way.";

async function ask(form) {
  const said = form.querySelector("[data-said]");
  said.textContent = "";
  try {
    const token = new URLSearchParams({ _token: form.elements._token.value });
    const answer = await fetch(form.dataset.begin, { method: "POST", body: token, headers: { accept: "application/json" } });
    const begun = await answer.json();
    if (begun.go) return location.assign(begun.go);
    if (!answer.ok) throw new Error(begun.said);
    form.elements.asked.value = begun.asked;
    const done = form.dataset.passkey === "create" ? await created(begun.options) : await shown(begun.options);
    form.elements.answer.value = JSON.stringify(done);
    form.submit();
  } catch (error) {
    // What the browser says of it is for nobody: it names neither the key nor what to do.
    said.textContent = error instanceof DOMException ? UNANSWERED : error.message || UNANSWERED;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
}
document.documentElement.dataset.passkeys = "ready";
