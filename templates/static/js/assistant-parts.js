// Parts of the assistant that know nothing of the page: its stream, its memory, and what went wrong in words.
export async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (waiting + value).split("\n\n");
    waiting = parts.pop();
    for (const part of parts) {
      const [name, data] = part.split("\n");
      yield { name: name.slice(7), ...JSON.parse(data.slice(6)) };
    }
  }
}

// For this tab only: nobody who uses the computer later finds it.
export function kept(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

export function keep(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without storage it lasts for this page.
  }
}

export function outcome({ response, said, message }, words) {
  if (!response?.status) return navigator.onLine ? words.wordAway : words.wordOffline;
  if (said?.code === "not_enrolled") return words.wordLeft;
  if (response.status === 401) return words.wordSignedOut;
  if (response.status === 404) return words.wordGone;
  return response.status < 500 ? said?.detail || message || words.wordFailed : words.wordFailed;
}
