"""Whose accounts are not a person's to see do not exist for them (reliability A2, A10): same status, same bytes."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from scanner.review.users import recuse_user
from scanner.store import accounts
from tests.web.conftest import Site

AGENCY = "Dinas Pendidikan Nusa Rimba"
"""Of the one account that has posts."""


def own_account(site: Site) -> str:
    [(account,)] = site.rows("SELECT DISTINCT account_id FROM posts")
    return str(account)


def recuse(site: Site, name: str, one: str) -> None:
    recuse_user(site.store, name, by="joko", now=site.desk.now(), add=[one])


@pytest.mark.parametrize("name", ["ratna", "joko", "agus", "dian"])
@pytest.mark.parametrize("one", [AGENCY, " PEG-0001", AGENCY.upper()])
def test_an_account_one_is_recused_from_reads_like_one_that_is_not_there(site: Site, name: str, one: str):
    address = f"/accounts/{quote(own_account(site), safe='')}"
    client = site.client(name)
    assert client.get(address).status_code == 200
    recuse(site, name, one)
    hidden, absent = client.get(address), client.get("/accounts/mastodon:tidak-ada%40nusarimba.example")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert hidden.status_code == 404


@pytest.mark.parametrize("name", ["ratna", "joko", "agus", "dian"])
def test_what_one_is_recused_from_is_in_no_list(site: Site, name: str):
    client, handle = site.client(name), "sari_guru@nusarimba.example"
    assert handle in client.get("/search?words=coblos").text
    assert handle in client.get("/accounts").text
    recuse(site, name, AGENCY)
    for address in ("/search?words=coblos", f"/search?account={own_account(site)}", "/accounts", "/accounts?name=sari"):
        page = client.get(address)
        assert page.status_code == 200
        assert f">{handle}<" not in page.text, address


def test_a_run_tells_nothing_of_an_account_one_is_recused_from(site: Site):
    [(run,)] = site.rows("SELECT id FROM runs")
    account, client = own_account(site), site.client("ratna")
    with site.store.lease("test") as lease:
        lease.execute(
            """INSERT INTO coverage SELECT $run, $account, 'partial', 'halaman terlalu besar', 4, 0, 0, 2,
               $at, $at""",
            {"run": run, "account": account, "at": site.desk.now()},
        )
    assert account in client.get(f"/runs/{run}").text
    recuse(site, "ratna", AGENCY)
    page = client.get(f"/runs/{run}").text
    assert account not in page
    assert "halaman terlalu besar" not in page


def test_an_account_taken_off_the_list_is_seen_by_those_who_oversee_alone(site: Site):
    account = own_account(site)
    with site.store.lease("test") as lease:
        accounts.remove_account(
            lease, account, reason="salah orang", by="ratna", approved_by="joko", at=site.desk.now()
        )
    address = f"/accounts/{quote(account, safe='')}"
    for name in ("agus", "dian"):
        page = site.client(name).get(address)
        assert page.status_code == 200
        assert "salah orang" in page.text
    for name in ("ratna", "joko"):
        client = site.client(name)
        hidden, absent = client.get(address), client.get("/accounts/x%3Atidak-ada")
        assert (hidden.status_code, hidden.content) == (404, absent.content)
        assert "sari_guru" not in client.get("/search?words=coblos").text + client.get("/accounts").text


def test_a_run_that_never_was_is_not_there(site: Site):
    assert site.client("ratna").get("/runs/scan-x").status_code == 404


def test_a_reviewer_finds_only_what_they_have_judged(site: Site):
    client = site.client("sari")
    assert "coblos" not in client.get("/search?words=").text.replace('value="coblos"', "").lower()
    page = client.get("/review").text
    item, key = hidden_value(page, "item"), hidden_value(page, "key")
    form = {"item": item, "key": key, "verdict": "not_violation", "note": "", "seconds": "9"}
    assert client.post("/review/decide", data=form).status_code == 303
    found = client.get("/search?words=").text
    assert found.count("<article") == 1
    assert site.client("budi").get("/search?words=").text.count("<article") == 0


def hidden_value(page: str, name: str) -> str:
    from bs4 import BeautifulSoup

    found = BeautifulSoup(page, "html.parser").select_one(f'form#judge input[name="{name}"]')
    assert found is not None
    return str(found["value"])
