// The workbench: what is typed is kept at once; when it cannot be kept the page says so, tries again and warns before leaving.
(() => {
  "use strict";
  const form = () => document.getElementById("part");
  let dirty = false, again = 0;
  const touched = new Map();  // what was typed since the last turn was sent
  const say = (words) => { const saved = document.querySelector("[data-saved]"); if (saved) saved.textContent = words; };
  const zh = document.documentElement.lang.startsWith("zh");
  const words = zh ? { writing: "正在保存…", waiting: "还没有保存", off: "没有连上，还没有保存；写的都还在这里，连上后自动再存" }
    : { writing: "Keeping…", waiting: "Not kept yet", off: "No connection: not kept yet. What you wrote is still here and is sent again" };
  const unkept = (on) => { document.documentElement.toggleAttribute("data-unkept", on); };
  const mine = (event) => event.target && event.target.closest && event.target.closest("[data-keeps]");
  // A choice that changes which fields there are asks for the part anew; words being typed never do.
  document.addEventListener("change", (event) => {
    if (mine(event) && event.target.matches("[data-shape]")) form().elements.shape.value = "1";
  }, true);
  // A button that changes the part is remembered by the form itself: its element may be drawn anew before it is sent.
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("button[name=act]");
    if (button && form() && button.form === form()) { form().elements.asked.value = button.value; dirty = true; }
  }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches && event.target.matches("[data-keeps]")) {
      // htmx sends along the button that has the focus; only one that was pressed acts, and that one stands in `asked`.
      event.detail.formData.delete("act");
      form().elements.asked.value = ""; form().elements.shape.value = ""; touched.clear();
    }
  });
  // Words typed while the part was being drawn anew are put back where they were typed, and kept with the next turn.
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const drawn = event.detail.target && event.detail.target.id;
    if (!drawn || !(drawn === "inside" || drawn.endsWith("-words")) || !touched.size) return;
    touched.forEach((had, id) => {
      const field = document.getElementById(id);
      if (!field || field.form !== form()) return;
      if (field.type === "checkbox") field.checked = had.checked; else field.value = had.value;
    });
    setTimeout(() => window.htmx.trigger(form(), "change"), 0);
  });
  ["input", "change"].forEach((kind) => document.addEventListener(kind, (event) => {
    if (!mine(event)) return;
    dirty = true; say(words.waiting);
    const field = event.target;
    if (field.id) touched.set(field.id, { value: field.value, checked: field.checked });
  }, true));
  document.addEventListener("htmx:beforeRequest", (event) => { if (mine(event)) say(words.writing); });
  const retry = () => { clearTimeout(again); again = setTimeout(() => { if (form()) window.htmx.trigger(form(), "submit"); }, 5000); };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!asked || !asked.matches("[data-keeps]")) return;
    const status = event.detail.xhr.status;
    if (status === 409 || status === 422) return;
    if (!event.detail.xhr.getResponseHeader("X-Saved")) {  // signed out meanwhile, or the server is away: keep what is typed
      event.detail.shouldSwap = false; event.stopImmediatePropagation(); unkept(true); say(words.off);
      if (status >= 500 || status === 0) retry();
    }
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!asked || !asked.matches("[data-keeps]")) return;
    const kept = event.detail.xhr && event.detail.xhr.getResponseHeader("X-Saved");
    if (kept) { dirty = touched.size > 0 || !!(form() && form().elements.asked.value); unkept(false); if (dirty) say(words.waiting); }
  });
  document.addEventListener("htmx:sendError", (event) => { if (mine(event)) { unkept(true); say(words.off); retry(); } });
  window.addEventListener("online", () => { if (dirty && form()) window.htmx.trigger(form(), "submit"); });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
})();
