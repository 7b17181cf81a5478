// A hall screen turns its faces by itself. While the city cannot be reached the last face stays; it tries again.
"use strict";
const face = document.getElementById("main");
const turn = () =>
  fetch(face.dataset.next, { cache: "no-store" })
    .then((answer) => {
      if (answer.ok || answer.status === 404) location.replace(face.dataset.next);
      else setTimeout(turn, face.dataset.seconds * 1000);
    })
    .catch(() => setTimeout(turn, face.dataset.seconds * 1000));
setTimeout(turn, face.dataset.seconds * 1000);
