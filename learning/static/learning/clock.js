// Seconds as people read them: 1:05, 1:02:03.
export function clock(seconds, whole = Math.ceil) {
  const all = Math.max(0, whole(seconds));
  const pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  return hours ? `${hours}:${pad(minutes)}:${pad(all % 60)}` : `${minutes}:${pad(all % 60)}`;
}
