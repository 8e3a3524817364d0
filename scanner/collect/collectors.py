"""Which collector gathers which platform. A new one is its module, one line here, and its line in the contract test."""

from __future__ import annotations

from importlib import import_module

from scanner.collect.client import Client
from scanner.collect.interface import Collector, Options
from scanner.domain.accounts import Platform
from scanner.errors import Blocked

COLLECTORS: dict[Platform, str] = {
    Platform.MASTODON: "scanner.collect.mastodon:MastodonCollector",
    Platform.RSS: "scanner.collect.feed:FeedCollector",
    Platform.TELEGRAM: "scanner.collect.telegram:TelegramCollector",
    Platform.WEB: "scanner.collect.webpage:WebPageCollector",
}
"""Dotted paths, imported on first use."""


def collector_class(platform: Platform) -> type[Collector]:
    """Return the class that gathers a platform; raises Blocked when there is none."""
    if platform not in COLLECTORS:
        known = ", ".join(COLLECTORS)
        raise Blocked(f"{platform}: no collector, only `scanner import` of files; collected are: {known}")
    module, _, name = COLLECTORS[platform].partition(":")
    found: type[Collector] = getattr(import_module(module), name)
    return found


def collector_for(platform: Platform, client: Client, options: Options) -> Collector:
    """Return the collector of a platform, ready to use.

    Raises Blocked when the platform's terms need an approval whose reference is not set.
    """
    kind = collector_class(platform)
    if kind.needs_terms_approval and not options.terms_approval:
        raise Blocked(
            f"{platform}: its terms forbid this use without written approval; "
            f"set platforms.{platform}.terms_approval to the reference of that approval"
        )
    return kind(client, options)
