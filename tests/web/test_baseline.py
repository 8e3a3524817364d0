"""What holds of every page of the desk, whoever asks (OWASP ASVS 5.0; docs/security.md names which requirement)."""

from __future__ import annotations

import logging
import re
import ssl
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
from bs4 import BeautifulSoup
from starlette.responses import Response
from starlette.testclient import TestClient

from scanner.domain.users import Role
from scanner.web.app import make_app
from scanner.web.bind import check_bind
from scanner.web.page import EVERYBODY, Page, Visit
from scanner.web.pages import PAGES, navigation
from scanner.web.serving import configure
from tests.authority import openssl
from tests.people import make_user
from tests.web.conftest import HOST, Site
from tests.web.test_routes import FIRST, TABLE

STATIC = Path("scanner/web/static")
TEMPLATES = Path("scanner/web/templates")
ROOT = Path(__file__).parents[2]
OTHER = {"origin": "https://evil.example", "access-control-request-method": "POST"}


def fill(path: str) -> str:
    return path.replace("{id:path}", "x").replace("{id}", "x").replace("{name}", "x")


GET = [path for method, path in TABLE if method == "GET"]


@pytest.mark.parametrize("path", GET)
def test_every_body_names_its_kind_and_its_charset(shared_site: Site, path: str):
    allowed = next((role for role in TABLE["GET", path] or () if role in FIRST), None)
    for who in (allowed, None):
        answer = shared_site.client(who).get(fill(path))
        kind = answer.headers.get("content-type")
        assert kind in {f"text/{kind}; charset=utf-8" for kind in ("html", "plain", "csv")} or not answer.content


def test_the_desks_own_files_name_their_kind_and_charset(shared_site: Site):
    page = BeautifulSoup(shared_site.client("sari").get("/review").text, "html.parser")
    found = [one.get("src") or one.get("href") for one in page.select("script, link[rel=stylesheet]")]
    assert len(found) >= 2
    for address in found:
        kind = shared_site.client().get(str(address)).headers["content-type"]
        assert kind == f"text/{'javascript' if str(address).endswith('.js') else 'css'}; charset=utf-8"


def test_no_answer_lets_another_origin_read_it(shared_site: Site):
    client = shared_site.client("joko")
    asked = [("OPTIONS", path) for _, path in TABLE] + [("GET", path) for path in ("/", "/me", "/agreement.csv")]
    for method, path in asked:
        answer = client.request(method, fill(path), headers=OTHER)
        assert not [name for name in answer.headers if name.startswith("access-control")], path


@pytest.mark.parametrize("role", Role)
def test_every_page_lets_one_out(shared_site: Site, role: Role):
    client = shared_site.client(role)
    for page in navigation(make_user(role=role)):
        told = BeautifulSoup(client.get(page.path).text, "html.parser")
        assert told.select("form[method=post][action='/sign-out'] button"), page.path


def test_secrets_are_only_ever_posted_in_masked_fields():
    seen = set()
    for template in (ROOT / TEMPLATES).glob("*.html"):
        for form in BeautifulSoup(template.read_text("utf-8"), "html.parser").select("form"):
            secret = form.select("[name=password], [name=new], [name=again], [name=code]")
            seen |= {one["name"] for one in secret}
            assert not secret or form.get("method") == "post", template.name
            assert all(one["type"] == "password" for one in secret if one["name"] != "code"), template.name
    assert seen == {"password", "new", "again", "code"}


def test_a_session_in_an_address_opens_nothing(shared_site: Site):
    token = quote(shared_site.tokens["agus"])
    answer = shared_site.client().get(f"/audit?session={token}&__Host-session={token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


ELSEWHERE = """/.git/config /.git/HEAD /.env /static/ /static/../app.py /static/%2e%2e/app.py /static/desk.css /docs
/openapi.json /metrics /debug /server-status /scanner.toml /secrets.toml /data/"""


@pytest.mark.parametrize("path", ELSEWHERE.split())
def test_nothing_but_the_desks_own_pages_is_there(shared_site: Site, path: str):
    for who in (None, "agus"):
        assert shared_site.client(who).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/sign-in", "/review", "/static/x"])
def test_trace_is_not_answered(shared_site: Site, path: str):
    assert shared_site.client("sari").request("TRACE", path, headers={"x-rahasia": "kunci"}).status_code == 405


def test_the_script_keeps_nothing_in_the_browser_and_asks_nobody_else():
    for file in sorted((ROOT / STATIC).iterdir()):
        told = file.read_text("utf-8", errors="replace")
        assert not re.search(r"localStorage|sessionStorage|indexedDB|caches\.|document\.cookie|serviceWorker", told), (
            file
        )
        assert not re.search(r"https?://(?!www\.w3\.org/)", told), file


def broken(_visit: Visit) -> Response:
    raise RuntimeError("kunci rahasia di /data/scanner.duckdb")


def test_what_breaks_is_told_in_general_words_is_logged_and_stops_nothing(
    shared_site: Site, caplog: pytest.LogCaptureFixture
):
    app = make_app(shared_site.desk, frozenset({HOST}), [*PAGES, Page("/rusak", broken, EVERYBODY)])
    cookies = {"session": shared_site.tokens["sari"]}
    client = TestClient(app, f"http://{HOST}", cookies=cookies, raise_server_exceptions=False)
    with caplog.at_level(logging.WARNING):
        answer = client.get("/rusak")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert answer.text == "Terjadi kesalahan; tidak ada yang disimpan.\nSomething went wrong; nothing was saved.\n"
    assert any("500" in one.getMessage() for one in caplog.records)
    assert client.get("/review").status_code == 200


def test_a_page_that_is_not_ones_own_is_refused_and_the_refusal_is_logged(
    shared_site: Site, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO):
        assert shared_site.client("sari").get("/audit").status_code == 403
    assert [one for one in caplog.records if "/audit" in one.getMessage() and "403" in one.getMessage()]


LURES = {"role": "dpo", "reviewer": "budi", "name": "budi", "user": "budi", "who": "budi", "stage": "adjudication"}
LURES |= {"agency": "x", "disabled_at": "", "recused": "", "is_admin": "yes", "decided_at": "2001-01-01", "id": "1"}


def test_fields_that_no_form_has_change_nothing(site: Site):
    """Mass assignment: only the fields of an action are read, and who acts comes from the session."""
    before = site.rows("SELECT * EXCLUDE (keys) FROM users ORDER BY name")
    client = site.client("sari")
    page = BeautifulSoup(client.get("/review").text, "html.parser")
    fields = page.select("form[action='/review/decide'] input[type=hidden]")
    form = {str(one["name"]): str(one["value"]) for one in fields} | {"verdict": "unsure", "note": ""}
    assert client.post("/review/decide", data={**LURES, **form}).status_code == 303
    assert client.post("/me/language", data={**LURES, "language": "id"}).status_code == 303
    assert site.rows("SELECT reviewer, stage, verdict FROM judgements") == [("sari", "blind", "unsure")]
    assert site.rows("SELECT * EXCLUDE (keys) FROM users ORDER BY name") == before


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a certificate for this machine and its key."""
    folder = tmp_path_factory.mktemp("tls")
    asked = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    openssl(folder, *asked, "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "certificate.pem")
    (folder / "key.pem").chmod(0o600)
    return {"certificate": folder / "certificate.pem", "key": folder / "key.pem"}


def shake(config: uvicorn.Config, **limits: ssl.TLSVersion) -> str | None:
    """Return the version that a client with these limits and the desk agree on."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")  # or OpenSSL itself would refuse old versions on our side
    for name, version in limits.items():
        setattr(client, name, version)
    assert config.ssl is not None
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = client.wrap_bio(back, there), config.ssl.wrap_bio(there, back, server_side=True)
    for end in ends * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return ends[0].version()


def test_only_recent_tls_is_spoken_and_the_latest_is_preferred(shared_site: Site, pair: dict[str, Path]):
    config = configure(replace(shared_site.desk, tls=True), check_bind(**pair))
    config.load()
    assert shake(config) == "TLSv1.3"
    assert shake(config, maximum_version=ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    with pytest.warns(DeprecationWarning, match="TLSv1_1"), pytest.raises(ssl.SSLError, match="UNSUPPORTED_PROTOCOL"):
        shake(config, minimum_version=ssl.TLSVersion.TLSv1_1, maximum_version=ssl.TLSVersion.TLSv1_1)
