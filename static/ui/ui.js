// Small manners of every page: a second click does nothing twice, keys, drawers, long work shows itself.
(() => {
  "use strict";
  const root = document.documentElement;
  const typing = (el) => el && (el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName)
    || (el.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/.test(el.type)));

  // Without a line nothing is sent and nothing that was typed is lost: the page stays, and says so.
  const unsent = (form) => {
    let note = form.querySelector("[data-unsent]");
    if (!note) { note = document.createElement("p"); note.className = "note bad"; note.dataset.unsent = ""; note.setAttribute("role", "alert"); form.append(note); }
    note.textContent = document.body.dataset.noLine || "";
    note.scrollIntoView({ block: "nearest" });
  };
  window.addEventListener("online", () => document.querySelectorAll("[data-unsent]").forEach((note) => note.remove()));

  // A form that was sent is not sent again; the browser's back button wakes it.
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || form.dataset.again !== undefined) return;
    if (sent.has(form)) { event.preventDefault(); return; }
    // (in the app its worker sees to that: what carries a key waits on the phone)
    const waits = root.dataset.face === "companion" && navigator.serviceWorker?.controller;
    if (navigator.onLine === false && !waits && !event.defaultPrevented && form.dataset.line === undefined) {
      event.preventDefault(); // a machine by itself has no line either, and yet its own server answers
      const goes = () => { form.dataset.line = ""; form.requestSubmit(event.submitter || undefined); delete form.dataset.line; };
      fetch("/healthz", { cache: "no-store" }).then(goes, () => unsent(form));
      return;
    }
    sent.add(form);
    const button = event.submitter;
    if (button) setTimeout(() => button.setAttribute("aria-busy", "true"), 0);
    root.classList.add("busy");
  });
  // A file that was taken moved its page on: show the page anew once the download has begun.
  document.addEventListener("submit", (event) => {
    const name = event.target.dataset.taken;
    if (!name) return;
    const had = () => document.cookie.split("; ").some((one) => one === `taken=${name}`);
    document.cookie = "taken=; path=/; max-age=0";
    const look = setInterval(() => { if (had()) { clearInterval(look); location.reload(); } }, 400);
    setTimeout(() => clearInterval(look), 120000);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("meta[name=csrf]");
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
  document.addEventListener("htmx:beforeRequest", () => root.classList.add("busy"));
  document.addEventListener("htmx:afterRequest", () => root.classList.remove("busy"));
  // An answer that is not a success still says something to the person who waits: show the page it came with.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status === 409 || status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
    else if (status >= 400) { location.reload(); }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const what = document.getElementById(opener.dataset.opens);
      if (!what) return;
      event.preventDefault();
      if (what.tagName === "DIALOG") what.showModal();
      else { const open = what.classList.toggle("open"); opener.setAttribute("aria-expanded", open); if (open) what.querySelector("a,button")?.focus(); }
      return;
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) { event.preventDefault(); closer.closest("dialog")?.close(); return; }
    if (event.target.tagName === "DIALOG") event.target.close();
    if (event.target.closest("[data-prints]")) { event.preventDefault(); window.print(); }
    const menu = document.querySelector(".menu.open");
    if (menu && !event.target.closest(".menu")) menu.classList.remove("open");
    document.querySelectorAll("details.me[open]").forEach((el) => { if (!el.contains(event.target)) el.open = false; });
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-sends]")) event.target.form.requestSubmit();
  });

  // Keys: / finds; elements that carry data-key act on it; J and K walk the rows of [data-walks].
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelector(".menu.open")?.classList.remove("open");
      document.querySelectorAll("details.me[open]").forEach((el) => { el.open = false; });
    }
    if (event.key === "/" && event.target.matches?.("[data-find]") && !event.target.value) return event.preventDefault(); // it is there already
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") { const find = document.querySelector("[data-find]"); if (find) { event.preventDefault(); find.focus(); find.select(); } return; }
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      const rows = [...document.querySelectorAll("[data-walks] [data-row]")];
      if (!rows.length) return;
      event.preventDefault();
      const at = rows.findIndex((row) => row.classList.contains("on"));
      const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + (key === "j" ? 1 : -1)))];
      const link = next.querySelector("a");
      if (link) { link.focus(); link.click(); }
      return;
    }
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    if (target && target.offsetParent !== null) {
      event.preventDefault(); target.focus(); target.click();
      if (target.dataset.then) document.getElementById(target.dataset.then)?.focus();
    }
  });
  // Enter sends what was typed into a field that says so; Shift+Enter begins a line, and a half-written character is left alone.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (!event.target.matches?.("textarea[data-enter]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // What is longer than fits is not cut off in silence: all of it stays, and the field says so before it is sent.
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches?.("textarea[maxlength],input[maxlength]")) return;
    target.dataset.most = target.maxLength;
    target.removeAttribute("maxlength");
  });
  document.addEventListener("input", ({ target }) => {
    if (!target.dataset?.most) return;
    const n = [...target.value].length;
    const words = n > target.dataset.most ? document.body.dataset.longer.replace("{most}", target.dataset.most).replace("{count}", n) : "";
    let note = target.parentNode.querySelector(".wrong.longer");
    target.setCustomValidity(words);
    if (!note && words) { note = document.createElement("span"); note.className = "wrong longer"; note.setAttribute("role", "status"); target.after(note); }
    if (note && note.textContent !== words) note.textContent = words;
  });

  // Pictures and letters follow a choice at once: elder size is a cookie that the server reads too.
  document.addEventListener("htmx:afterSwap", (event) => {
    event.detail.target.querySelector("[autofocus]")?.focus();
  });

  // The area picker: what is typed asks the page's own list; arrows walk, Enter takes, Escape closes.
  let asked = 0;
  const shut = (box) => {
    const input = box.querySelector("input");
    box.querySelector("[role=listbox]").hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (box, option) => {
    const input = box.querySelector("input");
    input.value = option.dataset.value;
    shut(box);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-picker]");
    if (!box) return;
    const said = event.target.value.trim();
    clearTimeout(asked);
    if (!said) { shut(box); return; }
    asked = setTimeout(async () => {
      const url = new URL(box.dataset.picker, location.href);
      url.searchParams.set("q", said);
      const answer = await fetch(url, { headers: { "X-Requested-With": "picker" } });
      if (!answer.ok || event.target.value.trim() !== said) return;
      const list = box.querySelector("[role=listbox]");
      list.innerHTML = await answer.text();
      list.hidden = false;
      event.target.setAttribute("aria-expanded", "true");
    }, 150);
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-picker] [role=option][data-value]");
    if (option) { event.preventDefault(); take(option.closest("[data-picker]"), option); }
    document.querySelectorAll("[data-picker]").forEach((box) => { if (!box.contains(event.target)) shut(box); });
  });
  document.addEventListener("focusout", (event) => {
    const box = event.target.closest("[data-picker]");
    if (box && !box.contains(event.relatedTarget)) shut(box);
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-picker]");
    if (!box || box.querySelector("[role=listbox]").hidden) return;
    const options = [...box.querySelectorAll("[role=option][data-value]")];
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") { event.preventDefault(); shut(box); return; }
    if (event.key === "Enter") { event.preventDefault(); const one = options[Math.max(at, 0)]; if (one) take(box, one); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const next = options[(at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length];
    options.forEach((one) => one.setAttribute("aria-selected", one === next));
    if (next) { event.target.setAttribute("aria-activedescendant", next.id); next.scrollIntoView({ block: "nearest" }); }
  });

  // A slip's code stands behind the # of its address: it is filled in here and never travels in a log.
  document.querySelectorAll("input[data-hash]").forEach((el) => {
    if (location.hash.length > 4 && !el.value) { el.value = decodeURIComponent(location.hash.slice(1)); history.replaceState(null, "", location.pathname); }
  });
  // A button that waits before it may be pressed again counts the seconds down.
  document.querySelectorAll("button[data-waits]").forEach((button) => {
    const words = button.textContent;
    let left = Number(button.dataset.waits);
    const tick = () => { button.disabled = left > 0; button.textContent = left > 0 ? `${words} (${left})` : words; left -= 1; if (left >= 0) setTimeout(tick, 1000); };
    tick();
  });
  // Read aloud where the browser can speak.
  document.querySelectorAll("[data-reads]").forEach((button) => {
    if (!window.speechSynthesis) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const said = new SpeechSynthesisUtterance(button.dataset.reads);
      said.lang = document.documentElement.lang;
      said.rate = 0.85;
      window.speechSynthesis.cancel();
      window.speechSynthesis.speak(said);
    });
  });
})();
