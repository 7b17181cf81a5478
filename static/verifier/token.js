// The credential as a token, read in the browser as lianxin.engine.credential reads it: strictly, and with one reason
// where it is not believed. Nothing here asks the network; keys and moment are given.
"use strict";
const lxToken = (() => {
  const EDDSA = -8, ES256 = -7, SM2 = -65538, ALG = 1, KID = 4;
  const ISS = 1, EXP = 4, NBF = 5, CTI = 7, CNF = 8, OURS = -65537;
  const APP = 1, LONGEST = 720, FRESH = 60, AHEAD = 30, WHEN = 2 ** 40, DEPTH = 8;

  class Refused extends Error {
    constructor(code) { super(code); this.code = code; }
  }
  const no = (code = "garbage") => { throw new Refused(code); };

  // -- CBOR: whole numbers, bytes, texts, arrays, maps, tags, true, false, null; each written one way
  class Tagged { constructor(tag, value) { this.tag = tag; this.value = value; } }
  const texts = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const before = (one, other) => {
    for (let n = 0; n < Math.min(one.length, other.length); n++) if (one[n] !== other[n]) return one[n] < other[n];
    return one.length < other.length;
  };
  function decode(data, largest = 4096) {
    if (data.length > largest) no();
    let at = 0;
    const take = (count) => {
      if (count > data.length - at) no();
      return data.subarray(at, at += count);
    };
    const head = () => {
      const first = take(1)[0], major = first >> 5, small = first & 31;
      if (small < 24) return [major, small];
      if (small > 27 || major === 7) no();
      const size = 1 << (small - 24);
      let number = 0;
      for (const one of take(size)) number = number * 256 + one;
      if (number < (size === 1 ? 24 : 2 ** (4 * size)) || number > Number.MAX_SAFE_INTEGER) no();
      return [major, number];
    };
    const value = (depth) => {
      if (depth > DEPTH) no();
      const [major, number] = head();
      if (major === 0) return number;
      if (major === 1) return -1 - number;
      if (major === 2) return take(number);
      if (major === 3) { try { return texts.decode(take(number)); } catch { return no(); } }
      if (major === 4) {
        if (number > data.length - at) no();
        return Array.from({ length: number }, () => value(depth + 1));
      }
      if (major === 5) {
        if (2 * number > data.length - at) no();
        const found = new Map();
        let last = new Uint8Array();
        for (let n = 0; n < number; n++) {
          const start = at, key = value(depth + 1), written = data.subarray(start, at);
          if (typeof key !== "number" && typeof key !== "string") no();
          if (found.has(key) || before(written, last)) no();
          last = written;
          found.set(key, value(depth + 1));
        }
        return found;
      }
      if (major === 6) return new Tagged(number, value(depth + 1));
      return { 20: false, 21: true, 22: null }[number] ?? (number === 22 ? null : no());
    };
    const found = value(0);
    if (at !== data.length) no();
    return found;
  }
  const joined = (...pieces) => {
    const made = new Uint8Array(pieces.reduce((sum, one) => sum + one.length, 0));
    pieces.reduce((place, one) => (made.set(one, place), place + one.length), 0);
    return made;
  };
  const head = (major, n) => Uint8Array.from(
    n < 24 ? [major << 5 | n] : n < 256 ? [major << 5 | 24, n]
      : n < 65536 ? [major << 5 | 25, n >> 8, n & 255] : [major << 5 | 26, n >>> 24, n >> 16 & 255, n >> 8 & 255, n & 255]);
  const bytes = (data) => joined(head(2, data.length), data);

  // -- COSE_Sign1
  const SIGNATURE1 = joined(head(4, 4), head(3, 10), new TextEncoder().encode("Signature1"));
  const toSign = (raw, payload) => joined(SIGNATURE1, bytes(raw), bytes(new Uint8Array()), bytes(payload));
  function message(data, largest) {
    const said = decode(data, largest);
    if (!(said instanceof Tagged) || said.tag !== 18 || !Array.isArray(said.value) || said.value.length !== 4) no();
    const [raw, outside, payload, signature] = said.value;
    if (!(raw instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array)) no();
    if (!(outside instanceof Map) || outside.size) no();
    const headers = raw.length ? decode(raw) : new Map();
    if (!(headers instanceof Map)) no();
    return { headers, raw, payload, signature };
  }

  // -- keys: {alg, raw}; what the browser knows is used, else a small library
  const hex = (data) => [...data].map((one) => one.toString(16).padStart(2, "0")).join("");
  const number = (data) => BigInt("0x" + (hex(data) || "0"));
  const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  const power = (base, exponent) => {
    let found = 1n;
    for (; exponent; exponent >>= 1n, base = base * base % P) if (exponent & 1n) found = found * base % P;
    return found;
  };
  function unpacked(packed) { // 33 bytes of P-256 as the 65 that browsers take; null where there is no such point
    const x = number(packed.subarray(1));
    if (x >= P) return null;
    const square = (x * x * x - 3n * x + B) % P;
    let y = power((square + P) % P, (P + 1n) / 4n);
    if ((y * y - square) % P !== 0n) return null;
    if ((y & 1n) !== BigInt(packed[0] & 1)) y = P - y;
    const end = y.toString(16).padStart(64, "0").match(/../g).map((one) => parseInt(one, 16));
    return joined(Uint8Array.of(4), packed.subarray(1), Uint8Array.from(end));
  }
  const libraries = { ed25519: "", sm2: "" }; // addresses, given by the page
  const subtle = globalThis.crypto && crypto.subtle;
  let small = null; // noble-ed25519, where the browser has no Ed25519
  async function ed25519(key, data, signature) {
    if (key.ready === undefined) {
      try { key.ready = await subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]); } catch { key.ready = null; }
    }
    if (key.ready) return subtle.verify({ name: "Ed25519" }, key.ready, signature, data);
    small = small || await import(libraries.ed25519);
    try { return await small.verifyAsync(signature, data, key.raw, { zip215: false }); } catch { return false; }
  }
  function sm2(key, data, signature) {
    if (!globalThis.SmCryptoV2) return no("unknown-key");
    try { return SmCryptoV2.sm2.doVerifySignature(data, hex(signature), hex(key.raw), { hash: true, der: false }); } catch { return false; }
  }
  async function p256(packed, data, signature) {
    const raw = unpacked(packed);
    if (!raw) return false;
    const key = await subtle.importKey("raw", raw, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, data);
  }
  async function signed(one, key) {
    if (one.headers.get(ALG) !== key.alg) no("algorithm");
    if (one.signature.length !== 64) return false;
    const data = toSign(one.raw, one.payload);
    return key.alg === EDDSA ? ed25519(key, data, one.signature) : sm2(key, data, one.signature);
  }

  // -- the credential
  function data(said) {
    const digits = said.trim().split("#").pop().trim();
    if (!digits) no("empty");
    if (digits.length > LONGEST) no("oversized");
    if (!/^[1-9][0-9]*$/.test(digits)) no();
    const written = BigInt(digits).toString(16);
    return Uint8Array.from((written.length % 2 ? "0" + written : written).match(/../g), (one) => parseInt(one, 16));
  }
  const whole = (value) => Number.isInteger(value) && value >= 0;
  const has = (map, ...keys) => map instanceof Map && map.size === keys.length && keys.every((one) => map.has(one));
  function holder(said) {
    if (said === undefined) return null;
    if (!has(said, 1) || !has(said.get(1), 1, -1, -2, -3)) no();
    const key = said.get(1), x = key.get(-2), odd = key.get(-3);
    if (key.get(1) !== 2 || key.get(-1) !== 1 || !(x instanceof Uint8Array) || x.length !== 32 || typeof odd !== "boolean") no();
    return joined(Uint8Array.of(odd ? 3 : 2), x);
  }
  function claims(written) {
    const said = decode(written);
    if (!has(said, ISS, EXP, NBF, CTI, OURS) && !has(said, ISS, EXP, NBF, CTI, OURS, CNF)) no();
    const ours = said.get(OURS), mark = said.get(CTI), issuer = said.get(ISS), since = said.get(NBF), until = said.get(EXP);
    if (!Array.isArray(ours) || ours.length !== 3 || ![...ours, since, until].every(whole)) no();
    const [form, kind, classes] = ours;
    if (!(mark instanceof Uint8Array) || mark.length !== 3 || typeof issuer !== "string" || [...issuer].length > 12) no();
    if (form > 2 || kind < 1 || kind > 2 || classes >= 2 ** 32 || Math.max(since, until) > WHEN) no();
    const phone = holder(said.get(CNF));
    if ((phone !== null) !== (form === APP)) no();
    return { issuer, number: mark[0] << 16 | mark[1] << 8 | mark[2], form, kind, classes, since, until, phone };
  }
  async function believed(one, issuer, keys, now) {
    const alg = one.headers.get(ALG), kid = one.headers.get(KID);
    if (alg !== EDDSA && alg !== SM2) no("algorithm");
    if (!has(one.headers, ALG, KID) || !(kid instanceof Uint8Array) || kid.length !== 1) no();
    const said = claims(one.payload);
    if (said.issuer !== issuer) no("other-city");
    const key = keys.get(kid[0]);
    if (!key) no("unknown-key");
    if (!(await signed(one, key))) no("forged");
    if (now < said.since) no("not-yet");
    if (now >= said.until) no("expired");
    return said;
  }
  // What a text says, believed; throws Refused. `now` in seconds; `keys` by number.
  async function check(text, { issuer, keys, now }) {
    const one = message(data(text));
    if (!has(one.headers, ALG) || one.headers.get(ALG) !== ES256) {
      const said = await believed(one, issuer, keys, now);
      return said.form === APP ? no("copied") : { ...said, shown: null };
    }
    const shown = decode(one.payload);
    if (!Array.isArray(shown) || shown.length !== 2 || !whole(shown[0]) || !(shown[1] instanceof Uint8Array)) no();
    const said = await believed(message(shown[1]), issuer, keys, now);
    if (said.form !== APP) no();
    if (one.signature.length !== 64 || !(await p256(said.phone, toSign(one.raw, one.payload), one.signature))) no("forged");
    if (now - shown[0] >= FRESH) no("stale");
    if (shown[0] - now > AHEAD) no("ahead");
    return { ...said, shown: shown[0] };
  }
  // A signed list or table of this city: its claims, believed.
  async function list(written, { issuer, keys }) {
    const one = message(written, 1 << 20), kid = one.headers.get(KID);
    const key = kid instanceof Uint8Array && kid.length === 1 ? keys.get(kid[0]) : null;
    if (!key) no("unknown-key");
    if (!(await signed(one, key))) no("forged");
    const said = decode(one.payload, 1 << 20);
    if (!(said instanceof Map) || said.get(ISS) !== issuer || !whole(said.get(6))) no();
    return said;
  }
  // Keys as the city publishes them (JWK set) by number.
  const binary = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  function ring(published) {
    const found = new Map();
    for (const one of published.keys) {
      const kid = binary(one.kid);
      if (kid.length !== 1) continue;
      if (one.kty === "OKP" && one.crv === "Ed25519") found.set(kid[0], { alg: EDDSA, raw: binary(one.x) });
      if (one.kty === "EC" && one.crv === "SM2") found.set(kid[0], { alg: SM2, raw: joined(Uint8Array.of(4), binary(one.x), binary(one.y)) });
    }
    return found;
  }
  // Unpacks a zlib list, of a bounded size.
  async function unzipped(packed, largest = 1 << 21) {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    const pieces = [];
    for (let sum = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return joined(...pieces);
      if ((sum += value.length) > largest) { await reader.cancel(); no(); }
      pieces.push(value);
    }
  }
  return { Refused, check, list, ring, unzipped, decode, joined, head, bytes, toSign, libraries, binary, STATUS: 65533, LOST: -65539, TABLE: -65540 };
})();
globalThis.lxToken = lxToken;
