"""Writes lookup.json from SPEC.md 4 alone: an implementation of its own, for computing vectors only.

python3 protocol/vectors/blind/lookup.py > protocol/vectors/blind/lookup.json

Slow and not constant time. Chance is SHA-512 of a label, so that every run writes the same.
"""

import base64, hashlib, hmac, json

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = (-121665 * pow(121666, P - 2, P)) % P
ROOT = pow(2, (P - 1) // 4, P)
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"


# ---- ristretto255 (RFC 9496) over extended Edwards coordinates
def negative(x):
    return x & 1


def magnitude(x):
    x %= P
    return P - x if negative(x) else x


def root_of_ratio(u, v):
    r = (u * pow(v, 3, P) * pow(u * pow(v, 7, P) % P, (P - 5) // 8, P)) % P
    check = v * r * r % P
    if check == (-u * ROOT) % P or check == (-u) % P:
        r = r * ROOT % P
    return check in (u % P, (-u) % P), magnitude(r)


_, ONE_OVER_ROOT_A_MINUS_D = root_of_ratio(1, (-1 - D) % P)
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P
ROOT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
IDENTITY = (0, 1, 1, 0)


def add(p, q):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = p, q
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(k, p):
    r = IDENTITY
    for bit in bin(k % L)[2:]:
        r = add(r, r)
        if bit == "1":
            r = add(r, p)
    return r


def encode(p):
    x0, y0, z0, t0 = p
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, inv = root_of_ratio(1, u1 * u2 * u2 % P)
    d1, d2 = inv * u1 % P, inv * u2 % P
    z = d1 * d2 * t0 % P
    if negative(t0 * z % P):
        x, y, d = y0 * ROOT % P, x0 * ROOT % P, d1 * ONE_OVER_ROOT_A_MINUS_D % P
    else:
        x, y, d = x0, y0, d2
    if negative(x * z % P):
        y = -y
    return magnitude(d * (z0 - y)).to_bytes(32, "little")


def elligator(t):
    r = ROOT * t * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    square, s = root_of_ratio(u, v)
    s = s if square else (-magnitude(s * t)) % P
    c = P - 1 if square else r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * ROOT_AD_MINUS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return (w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def from_uniform(b):
    low = lambda half: elligator((int.from_bytes(half, "little") & ((1 << 255) - 1)) % P)
    return add(low(b[:32]), low(b[32:]))


BASE_Y = 4 * pow(5, P - 2, P) % P
_, BASE_X = root_of_ratio((BASE_Y * BASE_Y - 1) % P, (D * BASE_Y * BASE_Y + 1) % P)
G = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)
assert encode(G).hex() == "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"


# ---- RFC 9380 and RFC 9497
def expand(message, dst, length=64):
    dst += bytes([len(dst)])
    b0 = hashlib.sha512(bytes(128) + message + length.to_bytes(2, "big") + b"\0" + dst).digest()
    return hashlib.sha512(b0 + b"\1" + dst).digest()[:length]


def to_group(x):
    return from_uniform(expand(x, b"HashToGroup-" + CONTEXT))


def to_scalar(x, dst=b"HashToScalar-"):
    return int.from_bytes(expand(x, dst + CONTEXT), "little") % L


def lp(b):
    b = b.encode() if isinstance(b, str) else b
    return len(b).to_bytes(2, "big") + b


def key_pair(seed):
    k = to_scalar(seed + lp("piux/1") + b"\0", b"DeriveKeyPair")
    return k, multiply(k, G)


def scalar(k):
    return k.to_bytes(32, "little")


def prove(k, pk, blinded, evaluated, r):
    seed = hashlib.sha512(lp(encode(pk)) + lp(b"Seed-" + CONTEXT)).digest()
    m, z = IDENTITY, IDENTITY
    for i, (b, d) in enumerate(zip(blinded, evaluated)):
        d_i = to_scalar(lp(seed) + i.to_bytes(2, "big") + lp(encode(b)) + lp(encode(d)) + b"Composite")
        m, z = add(m, multiply(d_i, b)), add(z, multiply(d_i, d))
    t2, t3 = multiply(r, G), multiply(r, m)
    c = to_scalar(b"".join(lp(encode(e)) for e in (pk, m, z, t2, t3)) + b"Challenge")
    return scalar(c) + scalar((r - c * k) % L)


# ---- SPEC.md 4
def mac(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def chance(label, length):
    return hashlib.sha512(b"piux/1/vector\0" + label.encode()).digest()[:length]


def any_scalar(label):
    return int.from_bytes(chance(label, 64), "little") % L


def b64(b):
    return base64.urlsafe_b64encode(b).rstrip(b"=").decode()


SEED, STORAGE = bytes(range(32)), bytes(range(32, 64))
AGREEMENT, EPOCH, PURPOSE, SLOTS = "UTO-RUR-2026", 7, "serious_crime", 8
VERSION = bytes.fromhex("46a81739c6ee7c1d5ed084e7de843a7ed79435cd445513e4dd5c4e5ac395fb4b")
CLASSES = [  # class, code on the wire, slots, family and canonical of the one key asked
    ("DOC", 1, 2, "DOC", "L898902C3/UTO"),
    ("NX", 2, 3, "NX", "ANNA|ERIKSSON|MARIA/19740812"),
    ("DS", 4, 1, "DS", "ANNAMARIA|ERIKSSON/1974/08.12"),
    ("PX", 5, 6, "PX", "ANNA|ERIKSSON/19740812"),
]
ALICE, BRUNO, CARLA, DORIS = (chance("subject " + n, 16) for n in "ABCD")


def main():
    salt, qid, answer_salt = (chance(n, 16) for n in ("salt", "qid", "answer salt"))
    draws, classes = [salt, qid], []
    for name, _, count, family, canonical in CLASSES:
        kappa = mac(SEED, b"piux/1/kappa\0", lp(PURPOSE), lp(name))
        k, pk = key_pair(kappa)
        ctx = hashlib.sha256(b"piux/1/ctx\0" + b"\0\1" + lp(AGREEMENT) + EPOCH.to_bytes(4, "big") + lp(PURPOSE)
                             + lp(name) + encode(pk)).digest()
        k0, _ = key_pair(mac(STORAGE, b"piux/1/storage\0", lp(name)))
        slots = []
        for i in range(count):
            if i == 0:
                x = b"piux/1/id\0" + lp(family) + lp(canonical)
            else:
                draws.append(chance(f"dummy {name} {i}", 16))
                x = b"piux/1/dummy\0" + draws[-1]
            r = any_scalar(f"blind {name} {i}")
            draws.append(scalar(r) + bytes(32))
            h = to_group(x)
            element = encode(multiply(k, h))
            slots.append({
                "input": x, "hash": encode(h), "blind": scalar(r), "blinded": encode(multiply(r, h)),
                "evaluated": encode(multiply(k * r, h)), "element": element,
                "row_secret": mac(ctx, b"piux/1/row\0", element), "stored": encode(multiply(k0, h)),
            })
            slots[-1]["points"] = (multiply(r, h), multiply(k * r, h))
        nonce = any_scalar(f"proof {name}")
        points = [slot.pop("points") for slot in slots]
        proof = prove(k, pk, [b for b, _ in points], [d for _, d in points], nonce)
        classes.append({"class": name, "kappa": kappa, "sk": scalar(k), "pk": encode(pk), "ctx": ctx,
                        "storage_key": scalar(k0), "slots": slots, "proof_random_scalar": scalar(nonce), "proof": proof})
    segments = [{"class": c["class"], "elements": [b64(s["blinded"]) for s in c["slots"]]} for c in classes]
    body = json.dumps({
        "v": 1, "salt": b64(salt), "qid": b64(qid), "agreement": AGREEMENT, "agreement_version": b64(VERSION),
        "epoch": EPOCH, "purpose": PURPOSE, "scope": "tight", "bucket": {"family": "S", "bits": 8, "number": 115},
        "window": "all", "segments": segments}, separators=(",", ":")).encode()
    req_hash = hashlib.sha256(body).digest()
    query_key = mac(req_hash, b"piux/1/query\0", answer_salt)
    handle_key = mac(mac(SEED, b"piux/1/handle\0"), req_hash, answer_salt)
    filler_key = mac(mac(SEED, b"piux/1/pad\0"), req_hash, answer_salt)
    answer = b"\1\2" + bytes([len(classes)]) + qid + req_hash + answer_salt
    for c, (name, code, count, _, _) in zip(classes, CLASSES):
        c["rows"] = rows(c, name, code, query_key, handle_key, filler_key, req_hash)
        ordered = sorted(row["row"] for row in c["rows"])
        answer += bytes([code, count]) + b"".join(s["evaluated"] for s in c["slots"]) + c["proof"]
        answer += len(ordered).to_bytes(4, "big") + b"".join(ordered)
    return {
        "comment": "One whole lookup, step by step. Bytes are hex; slots without a key hold dummies; rows without a "
                   "gate say nothing to anybody, and how they are filled is the responder's own affair.",
        "expect": "success", "epoch_seed": SEED, "storage_seed": STORAGE, "agreement": AGREEMENT,
        "agreement_version": VERSION, "epoch": EPOCH, "purpose": PURPOSE, "scope": "tight",
        "bucket": {"family": "S", "bits": 8, "number": 115}, "window": "all", "draws": draws, "salt": salt, "qid": qid,
        "classes": classes, "body": body.decode(), "req_hash": req_hash, "answer_salt": answer_salt,
        "query_key": query_key, "handle_key": handle_key, "filler_key": filler_key, "slots": SLOTS, "answer": answer,
    }


def rows(c, name, code, query_key, handle_key, filler_key, req_hash):
    """A known person in every class; in NX two more with her name, one of whom may not be found; a stranger each."""
    asked = c["slots"][0]["row_secret"]
    other = chance("row secret of a stranger", 32)
    held = [(asked, ALICE, 1)]
    if name == "NX":
        held += [(asked, BRUNO, 2), (asked, CARLA, None)]
    held.append((other, BRUNO if name == "DOC" else DORIS, 1))
    handle = lambda subject: mac(handle_key, subject)[:7]
    out = []
    for secret, subject, gate in held:
        row = {"row_secret": secret, "subject": subject, "gate": gate}
        if gate is None:
            row["row"] = filler(len(out), code, filler_key)
        else:
            sharing = sorted(handle(s) for t, s, g in held if t == secret and g is not None)
            j = sharing.index(handle(subject))
            o = mac(query_key, b"piux/1/o\0", secret, bytes([j]))[:16]
            label = bytes([gate]) + handle(subject)
            row |= {"j": j, "handle": handle(subject), "label": label, "o": o,
                    "hit": mac(secret, b"piux/1/hit\0", req_hash, handle(subject))[:16],
                    "row": o[:8] + bytes(a ^ b for a, b in zip(o[8:], label))}
        out.append(row)
    while len(out) < SLOTS:
        out.append({"gate": None, "row": filler(len(out), code, filler_key)})
    return out


def filler(index, code, filler_key):
    """As this project's responder does; another may fill its rows otherwise."""
    stand_in = (bytes([code]) + index.to_bytes(4, "big")).ljust(32, b"\0")
    return mac(filler_key, b"piux/1/o\0", stand_in, b"\0")[:16]


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


if __name__ == "__main__":
    print(json.dumps(plain(main()), indent=2, ensure_ascii=False))
