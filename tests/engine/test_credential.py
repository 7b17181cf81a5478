"""The credential: what is signed is read again, whatever else is refused with the reason that helps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianxin.engine import cardnumbers, cardstatus, cbor, cose, credential, sm2
from lianxin.engine.credential import APP, CARD, PAPER, Credential

NOW = 1_780_000_000
YEAR = 365 * 24 * 3600
ED, SM = cose.Ed25519Signer(bytes(range(32))), sm2.Signer(bytes(range(1, 33)))
PHONE = cose.P256Signer(bytes(range(2, 34)))
KEYS = {1: ED.verifier(), 2: SM.verifier()}


def made(form=CARD, **other):
    said = {"issuer": "4199", "number": 123_456, "form": form, "kind": 1, "classes": frozenset({0, 3}),
            "since": NOW - 100, "until": NOW + YEAR, "holder": PHONE.verifier().public() if form == APP else b""}  # fmt: skip
    return Credential(**{**said, **other})


def token(said=None, key=ED, number=1):
    return credential.sign(said or made(), key, number)


def check(data, now=NOW, keys=KEYS, issuer="4199"):
    return credential.check(data if isinstance(data, str) else credential.text(data), issuer=issuer, keys=keys, now=now)


def refused(data, **how):
    with pytest.raises(credential.Refused) as why:
        check(data, **how)
    return why.value.code


CREDENTIALS = st.builds(
    made, form=st.sampled_from([CARD, APP, PAPER]), number=st.integers(0, 2**24 - 1), kind=st.sampled_from([1, 2]),
    classes=st.frozensets(st.integers(0, 31)), since=st.integers(0, NOW), until=st.integers(NOW + 1, 2**40),
)  # fmt: skip


@given(CREDENTIALS, st.sampled_from([(ED, 1), (SM, 2)]))
@settings(max_examples=60)
def test_what_was_signed_is_read_again(said, key):
    signed = token(said, *key)
    shown = credential.show(signed, PHONE, NOW - 5) if said.form == APP else signed
    found = check("HTTPS://CARD.EXAMPLE/V/#" + credential.text(shown))
    assert (found.credential, found.key, found.algorithm) == (said, key[1], key[0].algorithm)
    assert found.shown == (NOW - 5 if said.form == APP else None)


@pytest.mark.parametrize("key", [(ED, 1), (SM, 2)], ids=["Ed25519", "SM2"])
@pytest.mark.parametrize("form", [CARD, APP])
def test_every_change_of_one_byte_is_refused(form, key):
    data = token(made(form), *key)
    if form == APP:
        data = credential.show(data, PHONE, NOW)
    slow = key[0] is SM
    for place in range(len(data)):
        for change in (1, 0x80) if slow else (1, 2, 0x10, 0x80, 0xFF):
            changed = bytearray(data)
            changed[place] ^= change
            assert refused(bytes(changed)) in credential.CODES


@given(st.integers(0, 10**9), st.integers(1, 255))
def test_any_change_of_any_byte_is_refused(place, change):
    data = bytearray(credential.show(token(made(APP)), PHONE, NOW))
    data[place % len(data)] ^= change
    assert refused(bytes(data)) in credential.CODES


@given(st.text(max_size=300) | st.text(alphabet="0123456789", max_size=400))
def test_no_text_is_more_than_refused(said):
    assert refused(said) in credential.CODES


@given(st.binary(max_size=250))
def test_no_bytes_are_more_than_refused(data):
    assert refused(data) in credential.CODES


@given(st.integers(0, 300))
def test_a_code_cut_short_is_refused(kept):
    said = credential.text(token())
    if kept < len(said):
        assert refused(said[:kept]) in {"empty", "garbage"}


def raw(claims, headers=None, unprotected=None, tag=18):
    protected = cbor.encode({1: -8, 4: b"\x01"} if headers is None else headers)
    said = cbor.encode(claims)
    return cbor.encode(cbor.Tagged(tag, [protected, unprotected or {}, said, ED.sign(cose.to_sign(protected, said))]))


GOOD = cbor.decode(credential.payload(made()))
BAD = {
    "no claims": ({}, "garbage"), "a list": ([1], "garbage"), "one more": ({**GOOD, 99: 1}, "garbage"),
    "kind": ({**GOOD, -65537: [0, 9, 1]}, "garbage"), "form": ({**GOOD, -65537: [7, 1, 1]}, "garbage"),
    "short": ({**GOOD, -65537: [0, 1]}, "garbage"), "text": ({**GOOD, 4: "later"}, "garbage"),
    "true": ({**GOOD, 5: True}, "garbage"), "negative": ({**GOOD, 5: -1}, "garbage"),
    "beyond": ({**GOOD, 4: 2**63}, "garbage"), "bits": ({**GOOD, -65537: [0, 1, 2**32]}, "garbage"),
    "number": ({**GOOD, 7: b"\x01"}, "garbage"), "issuer": ({**GOOD, 1: 4199}, "garbage"),
    "a phone's key on paper": ({**GOOD, 8: {1: {1: 2, -1: 1, -2: bytes(32), -3: True}}}, "garbage"),
    "an app without": ({**GOOD, -65537: [1, 1, 1]}, "garbage"), "city": ({**GOOD, 1: "4101"}, "other-city"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_claims_of_another_kind(name):
    claims, code = BAD[name]
    assert refused(raw(claims)) == code


@pytest.mark.parametrize(("headers", "unprotected", "tag", "code"), [
    ({1: -8}, None, 18, "garbage"), ({1: -8, 4: b"\x09"}, None, 18, "unknown-key"), ({1: -8, 4: b"\x02"}, None, 18, "algorithm"),
    ({1: -7, 4: b"\x01"}, None, 18, "algorithm"), ({1: -37, 4: b"\x01"}, None, 18, "algorithm"),
    ({1: "none", 4: b"\x01"}, None, 18, "algorithm"), ({4: b"\x01"}, None, 18, "algorithm"),
    ({1: -8, 4: b"\x01", 2: [99], 99: 1}, None, 18, "garbage"), ({1: -8, 4: b"\x01", 3: 0}, None, 18, "garbage"),
    ({1: -8, 4: b"\x01"}, {5: b""}, 18, "garbage"), ({1: -8, 4: b"\x01"}, None, 61, "garbage"), ({1: -8, 4: 1}, None, 18, "garbage"),
])  # fmt: skip
def test_headers_of_another_kind(headers, unprotected, tag, code):
    assert refused(raw(GOOD, headers, unprotected, tag)) == code


def test_the_right_reason():
    good = credential.text(token())
    assert refused("") == refused("https://card.example/V/#") == "empty"
    assert refused("9" * 721) == "oversized"
    assert refused("hello") == refused("0" + good) == refused("１２３") == refused("+" + good) == "garbage"
    assert refused(token(made(since=NOW + 1))) == "not-yet"
    assert refused(token(made(until=NOW))) == "expired"
    assert refused(token(made(issuer="4101"))) == "other-city"
    assert refused(token(), keys={}) == "unknown-key"
    assert refused(token(key=cose.Ed25519Signer(bytes(32)))) == "forged"
    assert refused(token(), keys={1: SM.verifier()}) == "algorithm"
    assert refused(token(made(APP))) == "copied", "an app's credential without the phone is a copy"


def test_a_picture_of_the_screen_dies_within_a_minute():
    shown = credential.show(token(made(APP)), PHONE, NOW)
    assert check(shown, NOW + 59).shown == NOW
    assert refused(shown, now=NOW + 60) == "stale"
    assert check(shown, NOW - 30).shown == NOW
    assert refused(shown, now=NOW - 31) == "ahead"


def test_only_the_phone_itself_shows():
    signed = token(made(APP))
    assert refused(credential.show(signed, cose.P256Signer(bytes(range(9, 41))), NOW)) == "forged"
    assert refused(credential.show(token(made(CARD)), PHONE, NOW)) == "garbage"
    assert refused(credential.show(credential.show(signed, PHONE, NOW), PHONE, NOW)) == "oversized"
    assert refused(credential.show(cose.sign(b"\xa0", PHONE), PHONE, NOW)) == "algorithm"
    assert refused(credential.show(token(made(APP, holder=b"\x02" + b"\xff" * 32)), PHONE, NOW)) == "forged"


def test_what_is_signed_says_nothing_else():
    said = cbor.decode(cose.read(token()).payload)
    assert said == {1: "4199", 4: NOW + YEAR, 5: NOW - 100, 7: (123_456).to_bytes(3, "big"), -65537: [0, 1, 9]}
    assert len(token()) <= 125
    assert len(credential.show(token(made(APP)), PHONE, NOW)) <= 245


# -- lists and numbers


@given(st.sets(st.integers(0, 2**12 - 1)), st.sets(st.integers(0, 2**12 - 1)))
def test_lists_say_what_was_put_in(withdrawn, lost):
    data = cardstatus.sign(issuer="4199", made=NOW, withdrawn=withdrawn, lost=lost, size=2**12, key=ED, number=1)
    lists = cardstatus.read(data, issuer="4199", keys=KEYS)
    assert lists.made == NOW
    for one in range(0, 2**12 + 9, 7):
        assert lists.says(one) == ("lost" if one in lost else "withdrawn" if one in withdrawn else "")


@given(st.integers(0, 10**9), st.integers(1, 255))
def test_a_changed_list_is_refused(place, change):
    data = bytearray(cardstatus.sign(issuer="4199", made=NOW, withdrawn={5}, lost={9}, size=4096, key=ED, number=1))
    data[place % len(data)] ^= change
    with pytest.raises(cardstatus.NoList):
        cardstatus.read(bytes(data), issuer="4199", keys=KEYS)


def test_another_citys_list_and_a_credential_are_no_list():
    other = cardstatus.sign(issuer="4101", made=NOW, withdrawn=(), lost=(), size=8, key=ED, number=1)
    for data, code in ((other, "other-city"), (token(), "garbage"), (b"", "garbage")):
        with pytest.raises(cardstatus.NoList) as why:
            cardstatus.read(data, issuer="4199", keys=KEYS)
        assert why.value.code == code


def test_numbers_are_a_shuffle():
    key = b"k" * 32
    assert sorted(cardnumbers.number(place, key) for place in range(4000)) != list(range(4000))
    block = {cardnumbers.number(place, key) for place in range(2**18 - 2000, 2**18)}
    assert len(block) == 2000
    assert max(block) < 2**18 <= cardnumbers.number(2**18, key) < 2**19
    assert [cardnumbers.size(one) for one in (0, 1, 2**18, 2**18 + 1)] == [2**18, 2**18, 2**18, 2**19]


@given(st.integers(0, 2**23 - 1))
def test_a_short_code_is_read_back_however_it_is_typed(number):
    code = cardnumbers.short(number, b"k" * 32)
    assert len(code) == 11
    for typed in (
        code,
        code.lower(),
        code.replace("-", ""),
        f" {code.replace('-', ' ')} ",
        code.replace("0", "O").replace("1", "l"),
    ):
        assert cardnumbers.of_short(typed, b"k" * 32) == number
    assert cardnumbers.of_short(code, b"j" * 32) is None


@given(st.text(max_size=14))
def test_no_typed_text_is_more_than_no_code(said):
    assert cardnumbers.of_short(said, b"k" * 32) is None


@given(st.integers(0, 2**23 - 1), st.integers(0, 8), st.sampled_from(cardnumbers.LETTERS))
def test_a_mistyped_short_code_is_none(number, place, letter):
    code = list(cardnumbers.short(number, b"k" * 32).replace("-", ""))
    if code[place] != letter:
        code[place] = letter
        assert cardnumbers.of_short("".join(code), b"k" * 32) is None
