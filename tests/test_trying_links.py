"""Whether a report's links answer is asked on a click, and nobody leads the portal astray."""

import socket
import ssl
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from reports import reaching
from reports.models import TriedLink
from reports.reaching import Outcome, is_public, may_reach, try_all
from tests.factories import NOW, TriedLinkFactory
from tests.reporting import tell
from tests.scenes import open_round_scene

HERE = (ip_network("127.0.0.1/32"),)
INSIDE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::10.0.0.1"),
    *("fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "100::1"),
    *("2001:db8::1", "2001::1", "2002:0a00:0001::", "2002:0808:0808::", "64:ff9b::a00:1"),
    *("64:ff9b::808:808", "64:ff9b:1::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "4000::1"),
)
OUTSIDE = ("8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4009::200e")


# Which addresses may be reached -----------------------------------------------------------------


def test_only_single_computers_of_the_public_internet_are_public():
    assert [each for each in INSIDE if is_public(ip_address(each))] == []
    assert [each for each in OUTSIDE if not is_public(ip_address(each))] == []


def test_the_webs_ports_are_open_and_every_port_of_a_network_that_was_named():
    outside, inside = ip_address("8.8.8.8"), ip_address("127.0.0.1")

    assert [port for port in (22, 80, 443, 8080) if may_reach(outside, port, HERE)] == [80, 443]
    assert may_reach(inside, 8080, HERE)
    assert not may_reach(ip_address("127.0.0.2"), 80, HERE)
    assert not may_reach(ip_address("::ffff:127.0.0.1"), 80, HERE)


# A website on this machine ----------------------------------------------------------------------

SENT_ON = {
    "/moved": (301, "/there"),
    "/moved-and-gone": (302, "/gone"),
    "/circle": (302, "/circle"),
    "/inside": (302, "http://127.0.0.2/"),
    "/metadata": (307, "http://169.254.169.254/latest/meta-data/"),
    "/mapped": (308, "http://[::ffff:10.0.0.1]/"),
    "/file": (301, "file:///etc/passwd"),
    "/nowhere": (303, "http://[/"),
}
STATUS = {"/gone": 404, "/410": 410, "/error": 500, "/closed": 403, "/robot": 999}


class Website(BaseHTTPRequestHandler):
    """Each address does what it is called."""

    def do_HEAD(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        path = self.path.partition("?")[0]
        if path in SENT_ON:
            status, onward = SENT_ON[path]
            self.answer(status, Location=onward)
        elif path == "/no-head" and self.command == "HEAD":
            self.answer(405)
        elif path == "/telephone":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        elif path == "/long":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X: %d\r\n" % 10**1000) * 40 + b"\r\n")
        elif path == "/hints":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            self.answer(200)
        elif path == "/drip":
            self.drip()
        else:
            self.answer(STATUS.get(path, 200))

    do_GET = do_HEAD

    def answer(self, status, **headers):
        self.send_response(status)
        for name in headers:
            self.send_header(name, headers[name])
        self.end_headers()

    def drip(self):
        """Never silent for long, and never done."""
        try:
            for character in b"HTTP/1.1 200 OK\r\n" + b"X" * 300:
                self.wfile.write(bytes([character]))
                time.sleep(0.05)
        except OSError:
            return

    def log_message(self, format, *args):
        pass


@contextmanager
def serving(tls=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Website)
    server.daemon_threads = True
    server.asked = []
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def website():
    with serving() as server:
        server.address = f"http://127.0.0.1:{server.server_port}"
        yield server


@pytest.fixture
def names(monkeypatch):
    """What each name is looked up as, and how often it was; a name that is not here is unknown."""
    known, asked, real = {}, [], socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        if host not in known:
            return real(host, port, *args, flags=socket.AI_NUMERICHOST, **kwargs)
        asked.append(host)
        found = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    known["asked"] = asked
    return known


def tried(website, *paths):
    found = try_all([f"{website.address}{path}" for path in paths], also=HERE)
    return [
        (each.outcome, each.status, each.led_to.removeprefix(website.address))
        for each in found.values()
    ]


def test_what_a_website_answers_is_told(website):
    paths = ("/there", "/gone", "/410", "/error", "/closed", "/robot", "/no-head", "/hints")
    assert tried(website, *paths) == [
        (Outcome.ANSWERS, 200, ""),
        (Outcome.NOT_FOUND, 404, ""),
        (Outcome.NOT_FOUND, 410, ""),
        (Outcome.ERROR, 500, ""),
        (Outcome.NOT_FOR_ALL, 403, ""),
        (Outcome.NOT_FOR_ALL, 999, ""),
        (Outcome.ANSWERS, 200, ""),
        (Outcome.ANSWERS, 200, ""),
    ]
    assert tried(website, "/moved", "/moved-and-gone", "/circle", "/telephone", "/long") == [
        (Outcome.MOVED, 200, "/there"),
        (Outcome.NOT_FOUND, 404, "/gone"),
        (Outcome.IN_CIRCLES, 302, ""),
        (Outcome.NO_WEBSITE, None, ""),
        (Outcome.NO_WEBSITE, None, ""),
    ]
    asked = [(method, path) for method, path, _ in website.asked]
    assert asked.count(("GET", "/no-head")) == 1
    assert ("GET", "/there") not in asked
    assert asked.count(("HEAD", "/circle")) == reaching.REDIRECTS + 1


def test_a_redirect_is_looked_at_like_any_other_address(website):
    assert tried(website, "/inside", "/metadata", "/mapped", "/file", "/nowhere") == [
        (Outcome.NOT_ASKED, None, "http://127.0.0.2/"),
        (Outcome.NOT_ASKED, None, "http://169.254.169.254/latest/meta-data/"),
        (Outcome.NOT_ASKED, None, "http://[::ffff:10.0.0.1]/"),
        (Outcome.NOT_ASKED, None, "file:///etc/passwd"),
        (Outcome.ERROR, None, ""),
    ]


def test_what_leads_into_the_portals_own_network_is_not_asked(website, names):
    port = website.server_port
    names["inside.example.org"] = [["10.1.2.3"]]
    names["both.example.org"] = [["127.0.0.1", "10.1.2.3"]]
    addresses = [
        *(f"http://{host}:{port}/there" for host in ("inside.example.org", "both.example.org")),
        *(f"http://{host}/" for host in ("127.0.0.2", "[::1]", "[fe80::1%25eth0]", "0", "10.1")),
        *("http://user:secret@127.0.0.1/", "ftp://127.0.0.1/", "http:///there", "https://a b/"),
        *("http://8.8.8.8:22/", f"http://127.0.0.1:{port}/{'a' * 2000}", "http://8.8.8.8:99999/"),
    ]

    found = try_all(addresses, also=HERE)

    assert {address: each.outcome for address, each in found.items()} == dict.fromkeys(
        addresses, Outcome.NOT_ASKED
    )
    assert website.asked == []


def test_a_name_is_looked_up_once_and_the_address_that_was_looked_at_is_asked(website, names):
    """A name that is public when looked at and another's a moment later fools nobody."""
    names["turning.example.org"] = [["127.0.0.1"], ["10.1.2.3"]]

    [found] = try_all([f"http://turning.example.org:{website.server_port}/"], also=HERE).values()

    assert found.outcome == Outcome.ANSWERS
    assert names["asked"] == ["turning.example.org"]
    [(_, _, headers)] = website.asked
    assert headers["Host"] == f"turning.example.org:{website.server_port}"


def test_a_website_learns_nothing_of_the_portal_and_an_address_adds_no_line(website, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", "/dev/null")

    typed = "/a%0D%0AX-Evil:1/ü\u2028b?q=a b\x0bHost: c"
    assert tried(website, typed) == [(Outcome.ANSWERS, 200, "")]

    [(method, path, headers)] = website.asked
    assert method == "HEAD"
    assert path == "/a%0D%0AX-Evil:1/%C3%BC%E2%80%A8b?q=a%20b%0BHost:%20c"
    assert headers == {
        "Host": website.address.removeprefix("http://"),
        "User-Agent": "CSP-Portal-link-check",
        "Accept": "*/*",
        "Connection": "close",
    }


def test_what_never_ends_is_left_in_time(website, monkeypatch):
    monkeypatch.setattr(reaching, "EACH", 0.2)
    begun = time.monotonic()

    assert tried(website, "/drip") == [(Outcome.TIMED_OUT, None, "")]
    monkeypatch.setattr(reaching, "EACH", 5)
    monkeypatch.setattr(reaching, "ALTOGETHER", 0.3)
    assert tried(website, "/drip", "/there") == [(Outcome.ANSWERS, 200, "")]

    assert time.monotonic() - begun < 2


def test_what_does_not_answer_at_all_is_told(names):
    names["nobody.example.org"] = [["127.0.0.1"]]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]

    found = try_all([f"http://{each}.example.org:{free}/" for each in ("nobody", "x")], also=HERE)

    assert [each.outcome for each in found.values()] == [Outcome.NO_CONNECTION, Outcome.NO_NAME]


@pytest.fixture
def certificate(tmp_path):
    """Of safe.example.org, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "safe.example.org")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("safe.example.org")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_the_certificate_has_to_be_of_the_name_and_of_somebody_who_is_trusted(
    certificate, names, monkeypatch
):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    asked_for = []
    tls.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    names["safe.example.org"] = names["other.example.org"] = [["127.0.0.1"]]
    with serving(tls) as server:
        addresses = [
            f"https://{name}.example.org:{server.server_port}/there" for name in ("safe", "other")
        ]

        unknown = try_all(addresses, also=HERE)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusted = try_all(addresses, also=HERE)

    assert [each.outcome for each in unknown.values()] == [Outcome.NOT_SAFE, Outcome.NOT_SAFE]
    assert [each.outcome for each in trusted.values()] == [Outcome.ANSWERS, Outcome.NOT_SAFE]
    assert sorted(asked_for) == sorted(["safe.example.org", "other.example.org"] * 2)


# The check page ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW)


def page_of(scene):
    return reverse("reports:remarks", args=[scene.partnership.slug, scene.round.pk])


def try_them(scene):
    return reverse("reports:try_links", args=[scene.partnership.slug, scene.round.pk])


def rows(response):
    found = response.context["links"].shown
    return [
        (row.link.address, row.says, [place.section for place in row.link.places]) for row in found
    ]


def linked(*addresses):
    return "".join(f'<p><a href="{each}">a page</a></p>' for each in addresses)


def test_links_are_tried_on_a_click_and_what_came_of_each_stands_beside_it(
    client, scene, website, settings, django_assert_max_num_queries
):
    settings.LINKS_MAY_REACH = list(HERE)
    at = website.address
    tell(scene.round, "1.1", text=linked(f"{at}/there#part", f"{at}/gone", "mailto:a@example.org"))
    tell(scene.round, "1.2", text=linked(f"{at}/gone", f"{at}/moved", "http://10.0.0.1/"))
    first, second = (answer.heading for answer in scene.action_answers[:2])
    other = TriedLinkFactory(address=f"{at}/there", outcome=Outcome.ERROR, tried_at=timezone.now())
    old = TriedLinkFactory(address_hash="0" * 64, tried_at=NOW - timedelta(days=91))
    client.force_login(scene.coordinator)

    before = client.get(page_of(scene))
    assert 'id="answers">Whether links answer</h2>' in before.text
    assert rows(before) == [
        (f"{at}/there", "Not tried yet", [first]),
        (f"{at}/gone", "Not tried yet", [first, second]),
        (f"{at}/moved", "Not tried yet", [second]),
        ("http://10.0.0.1/", "Not tried yet", [second]),
    ]
    assert website.asked == []

    client.post(try_them(scene))
    client.get(page_of(scene))
    # Six of them are the shared cache's, which keeps a second click out.
    with django_assert_max_num_queries(22):
        done = client.post(try_them(scene))
    assert done["Location"] == f"{page_of(scene)}#answers"
    done = client.get(page_of(scene))
    assert 'id="answers">Whether links answer (1)</h2>' in done.text
    assert "3 links tried: 1 of them dead. 1 was not asked." in done.text
    assert rows(done) == [
        (f"{at}/gone", "The page is not there (404)", [first, second]),
        (f"{at}/moved", "Answers elsewhere", [second]),
        ("http://10.0.0.1/", Outcome.NOT_ASKED.label, [second]),
        (f"{at}/there", "Answers", [first]),
    ]
    assert f"{at}/there</span>" in done.text
    assert "<strong>The page is not there (404)</strong>" in done.text
    assert TriedLink.objects.of(scene.partnership).count() == 4
    assert TriedLink.objects.filter(pk=other.pk).exists()
    assert not TriedLink.objects.filter(pk=old.pk).exists()


def test_what_was_tried_long_ago_is_not_believed_and_goes_first(client, scene, website, settings):
    settings.LINKS_MAY_REACH = list(HERE)
    addresses = [f"{website.address}/there?{number}" for number in range(60)]
    tell(scene.round, "1.1", text=linked(*addresses))
    client.force_login(scene.coordinator)

    client.post(try_them(scene))
    known = TriedLink.objects.of(scene.partnership)
    assert set(known.values_list("address", flat=True)) == set(addresses[:50])
    begun = known.latest("tried_at").tried_at
    client.post(try_them(scene))

    assert known.filter(tried_at=begun).count() == 10
    TriedLink.objects.update(tried_at=begun - TriedLink.KEPT)
    assert {says for _, says, _ in rows(client.get(page_of(scene)))} == {"Not tried yet"}


def test_two_do_not_try_the_links_of_a_partnership_at_once(client, scene, website, settings):
    settings.LINKS_MAY_REACH = list(HERE)
    tell(scene.round, "1.1", text=linked(f"{website.address}/there"))
    client.force_login(scene.coordinator)
    cache.add(f"trying_links:{scene.partnership.pk}", True, timeout=40)

    refused = client.post(try_them(scene), follow=True)

    assert "Links are being tried just now." in refused.text
    assert website.asked == []
    cache.delete(f"trying_links:{scene.partnership.pk}")
    assert "1 link tried: none of them dead." in client.post(try_them(scene), follow=True).text


def test_a_portal_that_may_not_go_out_says_so_and_offers_nothing(client, scene, website, settings):
    settings.LINKS_ARE_TRIED = False
    settings.LINKS_MAY_REACH = list(HERE)
    tell(scene.round, "1.1", text=linked(f"{website.address}/there"))
    client.force_login(scene.coordinator)

    page = client.get(page_of(scene)).text
    refused = client.post(try_them(scene), follow=True)

    assert "This portal does not try links: whether the pages are still there is not known." in page
    assert "Try the links" not in page
    assert "This portal does not try links." in refused.text
    assert website.asked == []
