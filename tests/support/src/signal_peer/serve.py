"""A peer that shares signals, for tests: it checks what it is told by libraries that are none of Tenure's, and signs
tokens of its own. Argument: the port.

POST /hook      a webhook (Standard Webhooks): 204, or 401 when its signature is not of the secret
POST /push      a security event token (RFC 8935): 202, or 400 with the error's name
POST /control   {"status": 503} to answer so to both; null to check again; "secret", "jwks_uri", "issuer", "audience"
POST /check     {"token": ...} as /push, for tokens that were fetched; answers its claims
POST /sign      {"claims", "alg", "forged"}: a token signed by this peer, or by a key that is none of its own
GET  /jwks      its public keys
GET  /seen      what arrived and was sound, oldest first
"""

import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from standardwebhooks.webhooks import Webhook

KEYS = {
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
}
WRITERS = {"EdDSA": OKPAlgorithm, "ES256": ECAlgorithm, "RS256": RSAAlgorithm}
FORGER = ed25519.Ed25519PrivateKey.generate()
settings = {}
seen = []
lock = threading.Lock()


def public_keys():
    return {"keys": [WRITERS[alg].to_jwk(key.public_key(), as_dict=True) | {"kid": alg, "alg": alg, "use": "sig"} for alg, key in KEYS.items()]}


def checked(token):
    """The claims of a security event token of Tenure."""
    head = jwt.get_unverified_header(token)
    assert head["typ"] == "secevent+jwt" and head["alg"] == "EdDSA", head
    with urllib.request.urlopen(settings["jwks_uri"]) as answer:
        keys = jwt.PyJWKSet.from_dict(json.load(answer))
    options = {"require": ["iss", "aud", "iat", "jti", "events", "sub_id"]}
    return jwt.decode(token, keys[head["kid"]], algorithms=["EdDSA"], issuer=settings["issuer"], audience=settings["audience"], options=options)


class Peer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None):
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        with lock:
            self.answer(200, public_keys() if self.path == "/jwks" else seen)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path == "/control":
            settings.update(json.loads(body))
            return self.answer(204)
        if self.path == "/sign":
            asked = json.loads(body)
            alg = asked.get("alg", "EdDSA")
            key = FORGER if asked.get("forged") else KEYS[alg]
            return self.answer(200, {"token": jwt.encode(asked["claims"], key, algorithm=alg, headers={"kid": alg, "typ": "secevent+jwt"})})
        if self.path == "/check":
            return self.answer(200, checked(json.loads(body)["token"]))
        if settings.get("status"):
            return self.answer(settings["status"])
        try:
            if self.path == "/hook":
                headers = {name.lower(): value for name, value in self.headers.items()}
                message, key = Webhook(settings["secret"]).verify(body, headers), headers["webhook-id"]
            else:
                assert self.headers["Content-Type"] == "application/secevent+jwt", self.headers["Content-Type"]
                assert self.headers["Authorization"] == "Bearer of-the-test", "authorization"
                message = checked(body.decode())
                key = message["jti"]
        except Exception as error:
            wrong = {"err": "invalid_key", "description": repr(error)}
            return self.answer(401 if self.path == "/hook" else 400, wrong)
        with lock:
            seen.append({"by": self.path, "id": key, "message": message})
        self.answer(204 if self.path == "/hook" else 202)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Peer).serve_forever()
