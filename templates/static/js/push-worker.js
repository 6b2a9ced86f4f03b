// The service worker: shows what a push brings, and opens the page it is about. It keeps nothing and answers no request.
const ICON = "/static/img/touch-icon.png";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url));
});

// A push that can't be read still has to show something: browsers take the permission away otherwise.
function read(data) {
  try {
    return data.json() ?? {};
  } catch {
    return {};
  }
}

// The same tag again takes the place of the one before: what is delivered twice is shown once.
function show({ title, url, tag }) {
  return self.registration.showNotification(String(title || "Cairn"), {
    tag: tag ? String(tag) : undefined,
    icon: ICON,
    data: { url: ofThisSite(url) },
  });
}

// A tab that shows the page comes to the front; else any tab of the site goes there; else there is a new one.
async function open(url) {
  const there = ofThisSite(url);
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = tabs.find((tab) => tab.url === there);
  if (same) return same.focus();
  for (const tab of tabs) {
    try {
      return await (await tab.navigate(there)).focus();
    } catch {
      // a tab that this worker does not control yet
    }
  }
  return self.clients.openWindow(there);
}

function ofThisSite(url) {
  const inbox = new URL("/notifications/", self.location.origin);
  try {
    const found = new URL(url ?? inbox, self.location.origin);
    return found.origin === self.location.origin ? found.href : inbox.href;
  } catch {
    return inbox.href;
  }
}
