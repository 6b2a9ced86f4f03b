"""Push in a real browser: the settings page turns it on, the worker shows what comes and opens the page it is about."""

import json

import pytest
from playwright.sync_api import expect

from notifications.channels import webpush
from notifications.models import Device
from tests.notifications.doubles import Browser, a_service


@pytest.fixture
def keys(settings):
    pair = webpush.new_keys()
    settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY = pair.public, pair.private
    settings.PUSH_HOSTS, settings.PUSH_ALLOW_PRIVATE = ["localhost"], True


def test_push_is_turned_on_arrives_and_leads_to_its_page_and_is_turned_off(browse, alice, keys, faults):
    """No push service can be asked here, so the subscription is made up; the rest is the browser's own."""
    page = browse(alice, permissions=["notifications"])
    page.goto("/settings/devices/")
    expect(page.get_by_text("Notifications do not reach this browser.")).to_be_visible()
    with a_service() as service:
        page.evaluate(SUBSCRIBES, json.dumps(Browser(service).subscription))
        page.get_by_role("button", name="Turn on here").click()
        expect(page.get_by_text("Notifications reach this browser")).to_be_visible()
    assert Device.objects.of(alice.user).get().name.startswith("Chrome")
    worker = page.context.service_workers[0]
    told = {"title": "A badge is yours", "url": "/achievements/", "tag": "t1"}
    badge, again = (told["title"], told["url"]), ("Again", told["url"])
    _push(page, json.dumps(told))
    assert _shown(page, worker, 1) == [badge]
    _push(page, json.dumps(told | {"title": again[0]}))
    assert _shown(page, worker, 1, no_longer=badge) == [again]  # in the place of the one before
    _push(page, "not JSON")
    assert _shown(page, worker, 2) == [again, ("Cairn", "/notifications/")]
    assert worker.evaluate(CLICKED, "https://evil.example/") == "/notifications/"
    assert worker.evaluate(CLICKED, "/achievements/") == "/achievements/"
    page.get_by_role("button", name="Turn off here").click()
    expect(page.get_by_text("Notifications do not reach this browser.")).to_be_visible()
    assert not Device.objects.exists()
    assert faults == []


def _push(page, data):
    """What the browser does when its push service brings something."""
    devtools = page.context.new_cdp_session(page)
    found = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    origin = page.evaluate("location.origin")
    told = {"origin": origin, "registrationId": found[0]["registrationId"], "data": data}
    devtools.send("ServiceWorker.deliverPushMessage", told)
    devtools.detach()


def _shown(page, worker, count, no_longer=None):
    """The notifications that stand, as titles and paths: a push is shown some time after it was brought."""
    shown = []
    for _ in range(200):
        shown = sorted((one["title"], one["path"]) for one in worker.evaluate(SHOWN))
        if len(shown) >= count and no_longer not in shown:
            break
        page.wait_for_timeout(50)
    return shown


SUBSCRIBES = """text => {
  const made = JSON.parse(text);
  const subscription = { ...made, toJSON: () => made, options: {}, unsubscribe: async () => true };
  PushManager.prototype.subscribe = async () => subscription;
  PushManager.prototype.getSubscription = async () => null;
}"""
SHOWN = """async () => (await self.registration.getNotifications())
  .map(({ title, data }) => ({ title, path: new URL(data.url).pathname }))"""
# A browser opens a page only for a hand on a real notification: what the handler asks for is kept instead.
CLICKED = """url => new Promise((done) => {
  const tell = (there) => done(new URL(there).pathname);
  self.clients.openWindow = async (there) => tell(there);
  WindowClient.prototype.navigate = async function (there) { tell(there); return this; };
  WindowClient.prototype.focus = async function () { return this; };
  const notification = { close() {}, data: { url } };
  const event = new ExtendableEvent("notificationclick");
  Object.defineProperty(event, "notification", { value: notification });
  self.dispatchEvent(event);
})"""
