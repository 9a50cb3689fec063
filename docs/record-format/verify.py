#!/usr/bin/env python3
"""Verifies offboarding records of Tenure: a second implementation of docs/record-format/README.md.

    verify.py --key PUBLIC-KEY-OR-FILE FILE...

Needs Python 3.9 and nothing else. Exit code 0: all are sound. 1: one is not. 2: not a command."""
import base64, hashlib, json, re, sys

# Ed25519 (RFC 8032, 5.1), verification only: points in extended coordinates (X, Y, Z, T).
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        q, p, n = add(q, p) if n & 1 else q, add(p, p), n >> 1
    return q

def encode(p):
    z = pow(p[2], -1, P)
    return (p[1] * z % P | (p[0] * z % P & 1) << 255).to_bytes(32, "little")

def decode(raw):
    y = int.from_bytes(raw, "little") & 2**255 - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    x = x if x & 1 == raw[31] >> 7 else P - x
    p = (x, y, 1, x * y % P)
    if x * x % P != square or encode(p) != raw or encode(times(8, p)) == encode((0, 1, 1, 0)):
        raise ValueError("not a point to use")
    return p

def signed(key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    x, y, z, t = times(h, decode(key))
    return decode(r) and s < L and encode(add(times(s, BASE), (-x, y, z, -t))) == r

BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))

# The record.
class Fault(Exception):
    pass

def need(true, place, what):
    if not true:
        raise Fault(f"{place}: {what}")

def unbase64(text, length):
    raw = base64.b64decode(text, validate=True)
    if len(raw) != length or base64.b64encode(raw).decode() != text:
        raise ValueError("not base64 of that length")
    return raw

def canonical(value):  # RFC 8785, for strings, integers, true, false and null
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def root(level):  # RFC 6962, 2.1
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + b"".join(level[i:i + 2])).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) // 2 * 2:]
    return level[0] if level else hashlib.sha256().digest()

OPEN = {"pending", "acknowledged", "needs-human"}
NEXT = {"pending": OPEN - {"pending"} | {"verified", "attested", "superseded"},
        "acknowledged": OPEN - {"acknowledged"} | {"verified", "attested", "superseded"},
        "needs-human": OPEN - {"needs-human"} | {"verified", "attested", "superseded"},
        "attested": {"verified"}, "verified": set(), "superseded": set()}
KEYS = ["events", "items", "leaves", "manifest", "note", "public_key"]
NOTE = re.compile("((tenure/[^\n ]+)\n(0|[1-9][0-9]*)\n(.{44})\n(.{27})\n(complete|open)\n(verified .*)\n)\n— ([^\n ]+) ([^\n ]+)\n")

def words(text):
    return text is not None and text.strip(" \t\n\r\f") != ""

def verify(data, key_text):
    try:
        file = json.loads(data.decode())
        fit = canonical(file) + b"\n" == data and sorted(file) == KEYS
        manifest, items, events = file["manifest"], file["items"], file["events"]
        parts = [manifest] + items + events
        fit = fit and all(type(part) is dict for part in parts) and type(file["note"]) is type(file["public_key"]) is str
        leaves = [bytes.fromhex(leaf) for leaf in file["leaves"]]
        fit = fit and all(re.fullmatch("[0-9a-f]{64}", leaf) for leaf in file["leaves"])
    except Exception:
        fit = False
    need(fit, "file", "not the canonical JSON of a record")
    need(file["public_key"] == key_text, "key", "the file is of another key than the one that was given")
    key, note = unbase64(key_text, 32), NOTE.fullmatch(file["note"])
    need(note, "note", "not the signed note of a record")
    text, origin, size, listed_root, at, word, counts, name, signature = note.groups()
    try:
        raw = unbase64(signature, 68)
        good = name == origin and raw[:4] == hashlib.sha256(f"{name}\n\1".encode() + key).digest()[:4]
        good = good and signed(key, text.encode(), raw[4:])
    except ValueError:
        good = False
    need(good, "note", "the signature is not of this text and key")
    need((str(len(leaves)), root(leaves)) == (size, base64.b64decode(listed_root)), "leaves", "not of the root that was signed")
    tags = [b"manifest\n"] + [b"item\n"] * len(items) + [b"event\n"] * len(events)
    places = ["manifest"] + [f"item {n + 1}" for n in range(len(items))] + [f"event {n + 1}" for n in range(len(events))]
    for n, (tag, part, place) in enumerate(zip(tags, parts, places)):
        same = n < len(leaves) and hashlib.sha256(b"\0" + tag + canonical(part)).digest() == leaves[n]
        need(same, place, "not the one that was signed here: changed, put in, moved, or one before it removed")
    need(len(leaves) == len(parts), "leaves", "items or events at the end were removed")
    need(manifest["format"] == "tenure-record-1" and manifest["items"] == len(items), "manifest", "format or number of items")
    states, last = {}, manifest["ended_at"]
    for item, place in zip(items, places[1:]):
        state, can, evidence, why = item["state"], item["enforceable"], item["evidence"], item["note"]
        need(state in ("pending", "verified", "needs-human") and (can or state != "verified"), place, "the state at the beginning")
        need(words(evidence) == (evidence is not None) == (state == "verified"), place, "evidence belongs to verified")
        need(words(why) == (why is not None) == (state == "needs-human" or not can), place, "the note")
        need(item["id"] not in states, place, "the id is there twice")
        states[item["id"]] = state
    for n, (event, place) in enumerate(zip(events, places[1 + len(items):])):
        state, who, machine = event["state"], event["by"], event["state"] in ("acknowledged", "verified")
        need(event["number"] == n + 1 and last <= event["at"] and event["item"] in states, place, "number, time or item")
        need(state in NEXT[states[event["item"]]], place, f"{states[event['item']]} cannot become {state}")
        need(words(event["evidence"]) == (event["evidence"] is not None) == machine, place, "evidence")
        need(words(event["note"]) == (event["note"] is not None) == (not machine), place, "the note")
        need((who is not None and words(who["name"])) == (who is not None) == (state == "attested"), place, "who vouches")
        need(event["file"] is None or state == "attested", place, "a file belongs to attested")
        states[event["item"]], last = state, event["at"]
    count = {state: list(states.values()).count(state) for state in NEXT}
    still = sum(count[state] for state in OPEN)
    tally = f"verified {count['verified']} attested {count['attested']} superseded {count['superseded']} open {still}"
    need(origin == f"tenure/{manifest['instance']}/record/{manifest['record']}", "note", "of another record")
    need((word, counts) == ("open" if still else "complete", tally) and last <= at, "note", "the signed counts or time are not those of the items")
    return f"{word}: {tally}"

def main(words):
    if len(words) < 3 or words[0] != "--key":
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    key = words[1] if len(words[1]) == 44 else open(words[1], encoding="ascii").read().strip()
    bad = 0
    for name in words[2:]:
        try:
            with open(name, "rb") as file:
                print(f"{name}: sound, {verify(file.read(), key)}")
        except Exception as error:  # whatever a file does to this program, it is not sound
            bad = 1
            print(f"{name}: NOT SOUND, {error if isinstance(error, Fault) else repr(error)}")
    sys.exit(bad)

if __name__ == "__main__":
    main(sys.argv[1:])
