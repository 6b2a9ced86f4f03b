"""Nothing that a person types, and no name server, makes Cairn ask an address of its own network."""

import asyncio
import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from learning.outbound import Refused, TooLarge, Way, async_client, client, host_of, is_public, why_not

PUBLIC = "93.184.215.14"


class Listener:
    """A server on loopback that counts who comes, and answers as it is told."""

    def __init__(self):
        self.hits = []
        self.answer = (200, {}, b"hello")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.hits.append(self.path)
                status, headers, body = outer.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()


@pytest.fixture
def listener():
    found = Listener()
    yield found
    found.server.shutdown()
    found.server.server_close()


def a_way(*hosts, resolve=lambda host, port: [PUBLIC], **options):
    return Way(hosts=frozenset(hosts), resolve=resolve, **options)


FORMS = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://localhost:{port}/",
    "https://LOCALHOST.:{port}/",
    "https://[::1]:{port}/",
    "https://[::]:{port}/",
    "https://0.0.0.0:{port}/",
    "https://0:{port}/",
    "https://127.1:{port}/",
    "https://127.0.1:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0x7f.1:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://017700000001:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://api.example.org@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@api.example.org/",
    "https://user:pass@api.example.org:{port}/",
    "https://127.0.0.1:{port}\\@api.example.org/",
    "https://api.example.org.evil.example:{port}/",
    "https://evil.example:{port}/?api.example.org",
    "http://api.example.org:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "https:///etc/passwd",
    "",
]


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_an_address_reaches_this_machine(listener, form):
    url = form.format(port=listener.port)
    way = Way(hosts=frozenset({"api.example.org"}))
    with pytest.raises((Refused, httpx2.InvalidURL, httpx2.UnsupportedProtocol)), client(way) as asked:
        asked.get(url)
    assert why_not(url, way)
    assert listener.hits == []


@pytest.mark.parametrize("form", FORMS[:20])
def test_nor_when_the_host_itself_is_allowed(listener, form):
    """The list of hosts is one wall; the address that a host leads to is another."""
    url = form.format(port=listener.port).replace("http://", "https://")
    with pytest.raises((Refused, httpx2.InvalidURL)), client(Way(hosts=frozenset({host_of(url)}))) as asked:
        asked.get(url)
    assert listener.hits == []


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["10.0.0.1"], ["::1"], ["fe80::1%eth0"], [], ["nonsense"]]
)
def test_a_name_that_leads_inside_is_refused_by_both_clients(listener, addresses):
    way = a_way("api.example.org", resolve=lambda host, port: addresses)
    url = f"https://api.example.org:{listener.port}/"
    with pytest.raises(Refused), client(way) as asked:
        asked.get(url)

    async def ask():
        async with async_client(way) as asked:
            await asked.get(url)

    with pytest.raises(Refused):
        asyncio.run(ask())
    assert listener.hits == []


def test_a_name_server_that_changes_its_mind_is_asked_once(listener):
    """What was judged is what is connected to: the second answer, which leads inside, is never asked for."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    asked_for = []

    def rebinding(host, port):
        asked_for.append(host)
        return answers[min(len(asked_for) - 1, 1)]

    way = a_way("api.example.org", resolve=rebinding)
    assert way.address_of("api.example.org", 443) == PUBLIC
    assert asked_for == ["api.example.org"]
    with pytest.raises(Refused), client(way) as asked:
        asked.get(f"https://api.example.org:{listener.port}/")
    assert len(asked_for) == 2
    assert listener.hits == []


def inside(listener, **options):
    """A way to the listener, as an operator allows it."""
    return a_way("model.internal", resolve=lambda host, port: ["127.0.0.1"], allow_private=True, **options)


def test_an_operators_own_address_may_be_inside_and_the_host_keeps_its_name(listener):
    with client(inside(listener)) as asked:
        answer = asked.get(f"http://model.internal:{listener.port}/v1")
    assert (answer.text, listener.hits) == ("hello", ["/v1"])
    assert answer.request.headers["host"] == f"model.internal:{listener.port}"


def test_even_then_no_other_host_is_asked(listener):
    with pytest.raises(Refused), client(inside(listener)) as asked:
        asked.get(f"http://127.0.0.1:{listener.port}/")
    assert listener.hits == []


def test_a_redirect_is_an_answer_and_not_followed(listener):
    listener.answer = (302, {"Location": "http://169.254.169.254/"}, b"")
    with client(inside(listener)) as asked:
        assert asked.get(f"http://model.internal:{listener.port}/").status_code == 302
    assert len(listener.hits) == 1


def test_a_proxy_of_the_environment_is_not_used(listener, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    with client(inside(listener)) as asked:
        assert asked.get(f"http://model.internal:{listener.port}/").text == "hello"


def test_an_answer_that_is_too_large_is_not_read_to_its_end(listener):
    listener.answer = (200, {}, b"x" * 100_001)
    way = inside(listener, most_bytes=100_000)
    url = f"http://model.internal:{listener.port}/"
    with pytest.raises(TooLarge), client(way) as asked:
        asked.get(url)

    async def ask():
        async with async_client(way) as asked:
            await asked.get(url)

    with pytest.raises(TooLarge):
        asyncio.run(ask())
    listener.answer = (200, {}, b"x" * 100_000)
    with client(way) as asked:
        assert len(asked.get(url).content) == 100_000


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1", True), ("192.0.2.1", False), ("240.0.0.1", False), ("::ffff:8.8.8.8", True)],
)
def test_which_addresses_are_public(address, public):
    assert is_public(ipaddress.ip_address(address)) is public
