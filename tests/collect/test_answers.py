"""JSON answers are read whole, and one damaged item does not cost the page."""

from __future__ import annotations

import pytest

from scanner.collect.answers import read_json
from tests.collect.servers import Reply, Site, plain_client


@pytest.mark.parametrize("sign", [b"\0", b"\x1f", b"\\ud800", b"\xff", "ada".encode("utf-16-le")])
def test_signs_that_may_not_stand_in_json_cost_no_page(sign):
    body = b'[{"text": "rusak %s"}, {"text": "utuh"}]' % sign
    with (
        Site(lambda _: Reply(body, media_type="application/json")) as site,
        plain_client(site.host) as client,
    ):
        items, repaired = read_json(client.get(site.url, collector="test/1"), list[dict[str, str]])
    assert items[1] == {"text": "utuh"}
    assert items[0]["text"].startswith("rusak")
    assert repaired
