// From what a token says to what somebody at a door does. Pure: moment, lists, table and place are given.
// A verdict is {tone, word, why, row, age}: tone is yes | look | usual | stop | unsure, word and why are codes that the page
// puts into the reader's language.
"use strict";
const lxVerdict = (() => {
  const DAY = 86400, PAPER = 2, APP = 1;
  const RANK = { free: 0, discount: 1, first: 2 };
  // What is no card that counts, and how the page answers it.
  const REFUSED = {
    forged: "stop", expired: "look", "not-yet": "look", copied: "look", stale: "look", again: "look",
    empty: "unsure", oversized: "unsure", garbage: "unsure", algorithm: "stop", "other-city": "unsure",
    "unknown-key": "unsure", ahead: "unsure", "no-keys": "unsure", "no-line": "unsure", "no-code": "unsure", "too-many": "unsure",
  };
  const moment = (now) => {
    const there = new Date((now + 8 * 3600) * 1000); // the city's clock, whatever the phone's
    return { day: there.toISOString().slice(0, 10), weekday: String(there.getUTCDay() || 7), time: there.toISOString().slice(11, 16) };
  };
  function holds(row, at) {
    if (row.weekdays && !row.weekdays.includes(at.weekday)) return false;
    if (row.from && at.day < row.from || row.until && at.day > row.until) return false;
    if (!row.hours) return true;
    const [from, until] = row.hours.split("-");
    return at.time >= from && at.time < until;
  }
  const here = (row, stand) => row.scene === stand.scene && stand.area.startsWith(row.area) && (!row.place || row.place === stand.place);
  const covers = (row, classes) => (row.classes & classes) !== 0;
  const better = (one, other) => RANK[one.right] - RANK[other.right] || (one.percent ?? 0) - (other.percent ?? 0) || other.companions - one.companions;

  // The best row for these classes here and now; null where there is none.
  function right(table, stand, classes, now) {
    const at = moment(now);
    return table.rows.filter((row) => here(row, stand) && covers(row, classes) && holds(row, at)).sort(better)[0] || null;
  }
  // "lost", "withdrawn" or nothing.
  function counts(lists, number) {
    const place = number >> 3, bit = number & 7;
    for (const name of ["lost", "withdrawn"]) if (place < lists[name].length && lists[name][place] >> bit & 1) return name;
    return "";
  }
  const refused = (code) => ({ tone: REFUSED[code] || "unsure", word: code, why: code, row: null, age: null });

  // `said` is what a token says; `lists` may be null (never fetched); `rules` has fresh and grace, in days.
  function of(said, { lists, table, stand, now, rules, glance = false }) {
    const age = lists ? Math.max(0, now - lists.made) : null;
    const state = lists ? counts(lists, said.number) : "";
    if (state) return { tone: "stop", word: state, why: state, row: null, age };
    // What cannot be known offline any more is said as such; a phone's showing is renewed by the city, so it counts longer.
    const old = age === null || age > rules.grace * DAY;
    if (old && said.form !== APP) return { tone: "unsure", word: "old-list", why: age === null ? "no-list" : "old-list", row: null, age };
    if (!table || !stand) return { tone: "look", word: "genuine", why: "no-place", row: null, age };
    const row = right(table, stand, said.classes, now);
    if (!row) return { tone: "usual", word: "usual", why: "usual", row: null, age };
    const look = said.form === PAPER ? "photo" : glance || row.id ? "id" : "";
    return { tone: look ? "look" : "yes", word: row.right, why: look || (age > rules.fresh * DAY ? "ageing" : "yes"), row, age };
  }
  return { of, refused, right, counts, moment };
})();
globalThis.lxVerdict = lxVerdict;
