// While somebody writes: when the words say danger, the numbers to call stand beside them at once. Nothing is sent.
(() => {
  "use strict";
  const list = document.getElementById("alarm-words");
  const card = document.getElementById("alarm-card");
  if (!list || !card) return;
  const said = JSON.parse(list.textContent);
  const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const any = (words, edge) => words.length ? new RegExp(edge + "(?:" + words.map(escaped).join("|") + ")" + edge, "gu") : null;
  const [latin, han] = said.words, [butLatin, butHan] = said.unless;
  const pairs = [
    [any(latin, "\\b"), any(butLatin, "\\b"), (text) => text.replace(/[’']/g, "").replace(/[\s_]+|[^\p{L}\p{N}\s_]+/gu, " ").replace(/ +/g, " ")],
    [any(han, ""), any(butHan, ""), (text) => text.replace(/[\s_]+|[^\p{L}\p{N}]+/gu, "")],
  ];
  function heard(text) {
    const plain = text.normalize("NFKC").toLowerCase();
    return pairs.some(([words, but, fold]) => {
      if (!words) return false;
      const folded = fold(plain);
      return (but ? folded.replace(but, "□") : folded).search(words) >= 0;
    });
  }
  for (const area of document.querySelectorAll('textarea[name="words"]')) {
    const look = () => { if (heard(area.value)) card.hidden = false; };
    area.addEventListener("input", look);
    look();
  }
})();
