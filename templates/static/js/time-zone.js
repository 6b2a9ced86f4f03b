// The zone of this device: filled into the sign-up form, offered in the settings.

export function setUpTimeZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  for (const field of document.querySelectorAll("[data-time-zone]")) field.value = zone;
  offer(zone);
}

function offer(zone) {
  const offered = document.querySelector("[data-zone-here]");
  const select = document.getElementById("id_time_zone");
  if (!offered || !select || select.value === zone) return;
  if (![...select.options].some((option) => option.value === zone)) return;
  offered.querySelector("span").textContent = offered.dataset.word.replace("{zone}", zone.replaceAll("_", " "));
  offered.querySelector("button").addEventListener("click", () => {
    select.value = zone;
    offered.hidden = true;
    select.focus();
  });
  offered.hidden = false;
}
