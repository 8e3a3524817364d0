"""What [notifications] takes: times of day in the schedule's zone, and addresses whose certificates are checked."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scanner.sections import NotificationSettings, PingSettings


def test_quiet_hours_have_no_zone_of_their_own():
    with pytest.raises(ValidationError, match="21:00 would be valid"):
        NotificationSettings(quiet=("21:00Z", "06:00"))


@pytest.mark.parametrize(
    "query", ["?VERIFY=no", "?Verify=no", "? verify=no", "?%56erify=no", "?x=1;verify=no", "#x?verify=no"]
)
def test_certificates_cannot_be_switched_off_however_it_is_written(query: str):
    with pytest.raises(ValidationError, match="certificates are always checked"):
        NotificationSettings(urls=(f"mailtos://a:b@surel.example{query}",))


@pytest.mark.parametrize(
    "url", ["https://[kenariRahasia42]/x", "https://[kenariRahasia42", "https://h:kenariRahasia42/"]
)
def test_of_an_address_that_cannot_be_read_nothing_is_quoted(url: str):
    for section, given in ((PingSettings, {"url": url}), (NotificationSettings, {"webhook": url})):
        with pytest.raises(ValidationError) as refused:
            section(**given)
        [problem] = refused.value.errors(include_input=False)
        assert problem["msg"] == "Value error, no address of the web; https://host/path would be valid"
    with pytest.raises(ValidationError, match="no address of a desk"):
        NotificationSettings(link=url)
