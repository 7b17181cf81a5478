// Where the browser itself can read codes, the photo's code is in the field before anything is sent.
(() => {
  "use strict";
  if (!("BarcodeDetector" in window)) return;
  for (const input of document.querySelectorAll("input[data-reads-code]")) {
    input.addEventListener("change", async () => {
      const field = input.form.elements[input.dataset.readsCode];
      const file = input.files[0];
      if (!field || !file || !file.type.startsWith("image/")) return;
      try {
        const [found] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(file));
        if (found && !field.value) field.value = found.rawValue;
      } catch { /* the server reads it */ }
    });
  }
})();
