"""The verifier's scripts answer as the engine does: the same token, the same moment, the same reason."""

import base64
import random

import pytest

from lianxin.engine import cardstatus, cbor, cose, credential, sm2
from lianxin.engine.credential import APP, CARD, PAPER, Credential

pytestmark = pytest.mark.browser
NOW = 1_780_000_000
ED, SM = cose.Ed25519Signer(bytes(range(32))), sm2.Signer(bytes(range(1, 33)))
PHONE = cose.P256Signer(bytes(range(2, 34)))
KEYS = {1: ED.verifier(), 2: SM.verifier()}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


RING = {"keys": [
    {"kty": "OKP", "crv": "Ed25519", "kid": b64(b"\x01"), "x": b64(ED.verifier().public())},
    {"kty": "EC", "crv": "SM2", "kid": b64(b"\x02"), "x": b64(SM.point[0].to_bytes(32, "big")), "y": b64(SM.point[1].to_bytes(32, "big"))},
]}  # fmt: skip
CHECK = """async ({texts, ring, now, issuer, noble}) => {
  const keys = lxToken.ring(ring), found = [];
  if (noble) for (const key of keys.values()) key.ready = null;  // a browser without Ed25519
  for (const text of texts) {
    try {
      const said = await lxToken.check(text, {issuer, keys, now});
      found.push([said.issuer, said.number, said.form, said.kind, said.classes, said.since, said.until, said.shown]);
    } catch (error) { found.push(error.code || String(error)); }
  }
  return found;
}"""


def token(form=CARD, key=(ED, 1), **other):
    said = {"issuer": "4199", "number": 123_456, "form": form, "kind": 1, "classes": frozenset({0, 3}), "since": NOW - 100,
            "until": NOW + 10_000, "holder": PHONE.verifier().public() if form == APP else b""}  # fmt: skip
    return credential.sign(Credential(**{**said, **other}), *key)


def shown(at=NOW, **how):
    return credential.show(token(APP, **how), PHONE, at)


def both(page, tokens, now=NOW, issuer="4199", keys=KEYS, **how):
    texts = [one if isinstance(one, str) else credential.text(one) for one in tokens]
    ours = []
    for text in texts:
        try:
            found = credential.check(text, issuer=issuer, keys=keys, now=now)
            said = found.credential
            ours.append(
                [
                    said.issuer,
                    said.number,
                    said.form,
                    said.kind,
                    sum(1 << one for one in said.classes),
                    said.since,
                    said.until,
                    found.shown,
                ]
            )
        except credential.Refused as refused:
            ours.append(refused.code)
    theirs = page.evaluate(CHECK, {"texts": texts, "ring": RING, "now": now, "issuer": issuer, **how})
    return ours, theirs


@pytest.mark.parametrize("noble", [False, True], ids=["browser", "library"])
def test_good_tokens_are_read_alike(bench, noble):
    tokens = [token(form, key) for form in (CARD, PAPER) for key in ((ED, 1), (SM, 2))]
    tokens += [shown(), shown(NOW - 59), shown(key=(SM, 2)), "https://card.example/V/#" + credential.text(token())]
    tokens += [token(classes=frozenset(range(32)), number=2**24 - 1)]
    ours, theirs = both(bench, tokens, noble=noble)
    assert ours == theirs
    assert all(isinstance(one, list) for one in ours)


@pytest.mark.parametrize("noble", [False, True], ids=["browser", "library"])
def test_bad_tokens_are_refused_alike(bench, noble):
    stranger = cose.P256Signer(bytes(range(9, 41)))
    good = credential.text(token())
    tokens = [
        "", "#", "hello", "0" + good, good[:-1], good[:20], "9" * 720, "9" * 721, "１２３", good + "1", "-5", "1e5", "1",
        token(since=NOW + 1), token(until=NOW), token(issuer="4101"), token(APP), token(key=(ED, 9)), token(key=(ED, 2)),
        token(key=(cose.Ed25519Signer(bytes(32)), 1)), token(key=(sm2.Signer(bytes(range(3, 35))), 2)),
        shown(NOW - 60), shown(NOW + 31), credential.show(token(APP), stranger, NOW), credential.show(token(), PHONE, NOW),
        credential.show(token(APP, holder=b"\x02" + b"\xff" * 32), PHONE, NOW),
        credential.show(cose.sign(b"\xa0", PHONE), PHONE, NOW),
        cbor.encode(cbor.Tagged(61, [b"", {}, b"", b""])), cbor.encode(cbor.Tagged(18, [b"\xa1\x01\x26", {}, b"", bytes(64)])),
        cbor.encode(cbor.Tagged(18, [cbor.encode({1: -37, 4: b"\x01"}), {}, b"", bytes(64)])),
        cbor.encode(cbor.Tagged(18, [cbor.encode({1: -8, 4: b"\x01"}), {5: 1}, b"", bytes(64)])), b"\x81" * 50 + b"\x00",
        bytes.fromhex("bb7fffffffffffffff"), bytes.fromhex("d28443a10126a0f6f6"), b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
    ]  # fmt: skip
    ours, theirs = both(bench, tokens, noble=noble)
    assert ours == theirs
    assert all(isinstance(one, str) for one in ours)


def test_changed_bytes_are_refused_alike(bench):
    chance = random.Random(61)
    tokens = []
    for data in (token(), token(key=(SM, 2)), shown()):
        for _ in range(120):
            changed = bytearray(data)
            changed[chance.randrange(len(data))] ^= chance.randrange(1, 256)
            tokens.append(bytes(changed))
    ours, theirs = both(bench, tokens)
    assert all(isinstance(one, str) for one in theirs)
    # where only the reading of a value beyond 2^53 differs, both refuse
    assert sum(one != other for one, other in zip(ours, theirs, strict=True)) <= 3


def test_the_lists_are_read(bench):
    data = cardstatus.sign(issuer="4199", made=NOW, withdrawn={5, 4000}, lost={9}, size=2**18, key=ED, number=1)
    found = bench.evaluate(
        """async ({data, ring}) => {
          const keys = lxToken.ring(ring), bytes = lxToken.binary(data);
          const said = await lxToken.list(bytes, {issuer: "4199", keys});
          const lists = {made: said.get(6), withdrawn: await lxToken.unzipped(said.get(lxToken.STATUS).get("lst")),
                         lost: await lxToken.unzipped(said.get(lxToken.LOST))};
          bytes[bytes.length - 1] ^= 1;
          const forged = await lxToken.list(bytes, {issuer: "4199", keys}).catch((error) => error.code);
          const other = await lxToken.list(lxToken.binary(data), {issuer: "4101", keys}).catch((error) => error.code);
          return [lists.made, lists.lost.length, [4, 5, 9, 4000, 2 ** 20].map((one) => lxVerdict.counts(lists, one)), forged, other];
        }""", {"data": b64(data), "ring": RING})  # fmt: skip
    assert found == [NOW, 2**15, ["", "withdrawn", "lost", "withdrawn", ""], "forged", "garbage"]


ROW = {"scene": "bus", "area": "4199", "place": "", "classes": 1, "right": "free", "percent": None, "companions": 0,
       "weekdays": "", "from": "", "until": "", "hours": "", "id": False}  # fmt: skip
STAND = {"scene": "bus", "area": "419901", "place": "3"}
# 2026-05-29 04:26:40 in Shanghai is a Friday
VERDICTS = {
    "free": ({}, {}, "yes", "free"), "other class": ({}, {"classes": 2}, "usual", "usual"),
    "other scene": ({"scene": "museum"}, {}, "usual", "usual"), "other county": ({"area": "419902"}, {}, "usual", "usual"),
    "this county": ({"area": "419901"}, {}, "yes", "free"), "this place": ({"place": "3"}, {}, "yes", "free"),
    "another place": ({"place": "4"}, {}, "usual", "usual"), "weekend only": ({"weekdays": "67"}, {}, "usual", "usual"),
    "Fridays": ({"weekdays": "15"}, {}, "yes", "free"), "over": ({"until": "2026-05-28"}, {}, "usual", "usual"),
    "to come": ({"from": "2026-05-30"}, {}, "usual", "usual"), "open": ({"from": "2026-05-29", "until": "2026-05-29"}, {}, "yes", "free"),
    "hours": ({"hours": "04:00-05:00"}, {}, "yes", "free"), "too late": ({"hours": "03:00-04:00"}, {}, "usual", "usual"),
    "half": ({"right": "discount", "percent": 50}, {}, "yes", "discount"), "asks for the identity card": ({"id": True}, {}, "look", "free"),
    "paper": ({}, {"form": PAPER}, "look", "free"), "lost": ({}, {"number": 9}, "stop", "lost"), "withdrawn": ({}, {"number": 5}, "stop", "withdrawn"),
}  # fmt: skip


@pytest.mark.parametrize("name", VERDICTS)
def test_verdicts(bench, name):
    row, said, tone, word = VERDICTS[name]
    given = {
        "row": {**ROW, **row},
        "said": {"number": 1, "form": CARD, "classes": 1, **said},
        "stand": STAND,
        "now": NOW,
    }
    found = bench.evaluate(
        """({row, said, stand, now}) => lxVerdict.of(said, {lists: {made: now - 60, withdrawn: [32], lost: [0, 2]},
          table: {rows: [row]}, stand, now, rules: {fresh: 3, grace: 14}})""", given)  # fmt: skip
    assert (found["tone"], found["word"]) == (tone, word)


@pytest.mark.parametrize(("form", "days", "tone", "why"), [
    (CARD, 0, "yes", "yes"), (CARD, 4, "yes", "ageing"), (CARD, 15, "unsure", "old-list"), (CARD, None, "unsure", "no-list"),
    (APP, 15, "yes", "ageing"), (APP, 4, "yes", "ageing"),
])  # fmt: skip
def test_the_age_of_the_list_is_said(bench, form, days, tone, why):
    found = bench.evaluate(
        """({form, days, row, stand, now}) => lxVerdict.of({number: 1, form, classes: 1}, {
          lists: days === null ? null : {made: now - days * 86400 - 1, withdrawn: [], lost: []},
          table: {rows: [row]}, stand, now, rules: {fresh: 3, grace: 14}})""",
        {"form": form, "days": days, "row": ROW, "stand": STAND, "now": NOW})  # fmt: skip
    assert (found["tone"], found["why"]) == (tone, why)


def test_the_best_right_counts(bench):
    rows = [
        {**ROW, "right": "first"},
        {**ROW, "right": "discount", "percent": 50},
        {**ROW, "right": "discount", "percent": 20},
    ]
    found = bench.evaluate(
        "({rows, stand, now}) => lxVerdict.right({rows}, stand, 1, now)", {"rows": rows, "stand": STAND, "now": NOW}
    )
    assert (found["right"], found["percent"]) == ("discount", 20)


def test_nothing_of_a_token_is_asked_for(bench):
    bench.asked.clear()
    both(bench, [token(), shown(), token(key=(SM, 2)), "garbage"])
    assert bench.asked == []
