// How long a video is, read from the chosen file or from its address, so that nobody has to type it.
for (const [id, source] of [["id_video_file", ofFile], ["id_video_url", ofAddress]]) {
  document.getElementById(id)?.addEventListener("change", ({ target }) => read(source(target)));
}

function ofFile(field) {
  return field.files[0] ? URL.createObjectURL(field.files[0]) : "";
}

function ofAddress(field) {
  return field.value.startsWith("https://") ? field.value : "";
}

function read(address) {
  if (!address) return;
  const film = document.createElement("video");
  film.preload = "metadata";
  film.addEventListener("loadedmetadata", () => {
    write(film.duration);
    if (address.startsWith("blob:")) URL.revokeObjectURL(address);
  });
  film.src = address;
}

// Whole seconds, rounded down: what is watched to its end is watched whole. A stream has no length.
function write(seconds) {
  const field = document.getElementById("id_duration_seconds");
  if (field && Number.isFinite(seconds)) field.value = Math.max(1, Math.floor(seconds));
}
