// The quiet line under a video; `what` is one of the sentences that the page brings. It goes away by itself.
const SHOWN_FOR = 10_000;

const line = document.querySelector("[data-player-note]");
let timer = 0;

export function note(what, values = {}) {
  line.textContent = Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), line.dataset[what]);
  clearTimeout(timer);
  timer = setTimeout(() => (line.textContent = ""), SHOWN_FOR);
}
