// The quiet line under a video; `what` is one of the sentences that the page brings.
const line = document.querySelector("[data-player-note]");

export function note(what, values = {}) {
  const sentence = line?.dataset[what] ?? "";
  line.textContent = Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), sentence);
}
