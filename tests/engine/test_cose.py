"""Signed messages: the working group's vectors, SM2's published example, and what strict reading refuses."""

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from hypothesis import given
from hypothesis import strategies as st

from lianxin.engine import cbor, cose, sm2

SAID = json.loads((Path(__file__).parent / "cose_vectors.json").read_text())


class Ed448:
    """Only for the vector: the product knows no Ed448."""

    algorithm = cose.EDDSA

    def __init__(self, public):
        self._key = Ed448PublicKey.from_public_bytes(public)

    def verify(self, data, signature):
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def key(name):
    kind, x, *y = SAID["keys"][name]
    if kind == "OKP":
        return Ed448(bytes.fromhex(x))
    return cose.verifier(cose.ES256, bytes([2 + (int(y[0], 16) & 1)]) + bytes.fromhex(x))


@pytest.mark.parametrize("vector", SAID["vectors"], ids=lambda vector: vector["name"])
def test_the_vectors_of_the_working_group(vector):
    data = bytes.fromhex(vector["cbor"])
    try:
        held = cose.verified(
            cose.read(data, ordered=False), key(vector["key"]), bytes.fromhex(vector.get("external", ""))
        )
    except cose.NotSigned:
        held = False
    assert held is vector["passes"]


def test_sm2_signs_the_example_of_the_standard():
    """GB/T 32918.5-2017, annex A: key, message and nonce give the signature that is printed there."""
    secret = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    nonce = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    r = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    s = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    signer = sm2.Signer(secret)
    assert f"{signer.point[0]:064X}" == "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    assert f"{signer.point[1]:064X}" == "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    made = signer._signed(sm2._digest(signer.point, b"message digest", sm2.IDENTITY), nonce)
    assert made == bytes.fromhex(r + s)
    assert signer.verifier().verify(b"message digest", made)
    assert not signer.verifier().verify(b"message digesu", made)


def test_sm3_of_the_example_of_the_standard():
    assert sm2.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm2_verifies_what_other_libraries_signed():
    """Signatures that gmssl-pyx 2.1.0 made with a key of its own; and it verified ours (docs/decisions/0023)."""
    others = json.loads((Path(__file__).parent / "sm2_others.json").read_text())
    verifier = sm2.Verifier(bytes.fromhex(others["public"]))
    for one in others["signed"]:
        data, signature = bytes.fromhex(one["data"]), bytes.fromhex(one["signature"])
        assert verifier.verify(data, signature)
        assert not verifier.verify(data + b"\0", signature)


ALL = [cose.Ed25519Signer(bytes(range(32))), sm2.Signer(bytes(range(1, 33))), cose.P256Signer(bytes(range(1, 33)))]


@pytest.mark.parametrize("signer", ALL, ids=lambda signer: cose.NAMES[signer.algorithm])
def test_every_signer_is_checked_by_its_own_algorithm_only(signer):
    message = cose.read(cose.sign(b"said", signer, {cose.KID: b"\x01"}))
    assert cose.verified(message, cose.verifier(signer.algorithm, signer.verifier().public()))
    for other in ALL:
        if other is not signer:
            with pytest.raises(cose.NotSigned, match="algorithm"):
                cose.verified(message, other.verifier())


@pytest.mark.parametrize(
    "signature", [bytes(64), b"\xff" * 64, bytes(63), b"", bytes(31) + b"\x01" + sm2.N.to_bytes(32, "big")]
)
def test_no_verifier_stumbles_over_a_strange_signature(signature):
    for signer in ALL:
        assert signer.verifier().verify(b"said", signature) is False


@pytest.mark.parametrize("public", [bytes(33), b"\x02" + sm2.P.to_bytes(32, "big"), b"\x04" + bytes(64), bytes(32)])
def test_no_point_outside_the_curve_is_a_key(public):
    with pytest.raises(ValueError, match=r"SM2|curve"):
        sm2.Verifier(public)


@given(st.integers(1, sm2.N * 2**33))
def test_the_even_way_and_the_quick_way_meet(number):
    assert (
        sm2._times_evenly(number + sm2.N) == sm2._flat(sm2._times(number % sm2.N or sm2.N, (sm2.GX, sm2.GY)))
        if number % sm2.N
        else True
    )


# -- reading


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(st.integers(-(2**40), 2**40) | st.text(max_size=5), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(VALUES)
def test_what_is_written_is_read_again(value):
    try:
        assert cbor.decode(cbor.encode(value)) == value
    except cbor.NotCbor as error:
        assert str(error) == "nested too deeply"


@given(st.binary(max_size=200))
def test_whatever_is_read_has_one_writing(data):
    try:
        value = cbor.decode(data)
    except cbor.NotCbor:
        return
    assert cbor.encode(value) == data


# RFC 8949, appendix A: what is of the kinds read here.
RFC = {
    "00": 0, "17": 23, "1818": 24, "190100": 256, "1a000f4240": 1000000, "1b000000e8d4a51000": 1000000000000,
    "1bffffffffffffffff": 18446744073709551615, "3bffffffffffffffff": -18446744073709551616, "20": -1, "3863": -100,
    "f4": False, "f5": True, "f6": None, "40": b"", "4401020304": b"\x01\x02\x03\x04", "60": "", "62c3bc": "ü",
    "63e6b0b4": "水", "80": [], "8301820203820405": [1, [2, 3], [4, 5]], "a201020304": {1: 2, 3: 4},
    "a26161016162820203": {"a": 1, "b": [2, 3]},
}  # fmt: skip


@pytest.mark.parametrize("text", RFC)
def test_the_examples_of_the_standard(text):
    assert cbor.decode(bytes.fromhex(text)) == RFC[text]
    assert cbor.encode(RFC[text]).hex() == text


@pytest.mark.parametrize(("text", "why"), [
    ("", "cut short"), ("18", "cut short"), ("1817", "longer than need be"), ("190018", "longer than need be"),
    ("1a0000ffff", "longer than need be"), ("1b00000000ffffffff", "longer than need be"), ("0000", "follows"),
    ("a201020103", "same key twice"), ("a203040102", "out of order"), ("5f42010243030405ff", "not read"),
    ("9fff", "not read"), ("bfff", "not read"), ("f90000", "not read"), ("fb3ff0000000000000", "not read"),
    ("f7", "not read"), ("f820", "not read"), ("61ff", "UTF-8"), ("9bffffffffffffffff", "cut short"), ("a1f501", "neither"),
    ("bbffffffffffffffff", "cut short"), ("5bffffffffffffffff", "cut short"), ("81" * 20 + "00", "deeply"),
    ("a1" + "00" + "81" * 9 + "00", "deeply"), ("c1" * 12 + "00", "deeply"), ("1c", "not read"), ("a1800000", "neither"),
])  # fmt: skip
def test_strict_reading_refuses(text, why):
    with pytest.raises(cbor.NotCbor, match=why):
        cbor.decode(bytes.fromhex(text))


def test_nothing_larger_than_asked_is_read():
    with pytest.raises(cbor.NotCbor, match="too large"):
        cbor.decode(bytes(11), largest=10)


def with_headers(protected, unprotected):
    raw = cbor.encode(protected)
    signature = ALL[0].sign(cose.to_sign(raw, b"said"))
    return cbor.encode(cbor.Tagged(18, [raw, unprotected, b"said", signature]))


@pytest.mark.parametrize(("protected", "unprotected", "code"), [
    ({1: -8, 2: [99], 99: 1}, {}, "critical"), ({1: -8, 2: []}, {}, "critical"), ({1: -8, 2: 99}, {}, "critical"),
    ({1: -8, 2: ["x"]}, {}, "critical"), ({1: -8}, {2: [1]}, "garbage"), ({1: -8}, {1: -8}, "garbage"),
])  # fmt: skip
def test_headers_that_must_be_understood(protected, unprotected, code):
    with pytest.raises(cose.NotSigned) as refused:
        cose.read(with_headers(protected, unprotected))
    assert refused.value.code == code


def test_a_critical_header_that_is_understood_is_no_trouble():
    assert cose.verified(cose.read(with_headers({1: -8, 2: [1], 4: b"x"}, {})), ALL[0].verifier())
