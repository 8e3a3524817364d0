"""Which collector gathers which platform. A new one is its module, one line here, and its line in the contract test.

Other people's packages add one by an entry point of the group `scanner.collectors`: the platform's name, which no
collector of ours has, and `module:Class`. It is imported when an account of that platform is gathered.
"""

from __future__ import annotations

from importlib import import_module

from scanner.collect.client import Client
from scanner.collect.interface import Collector, Options
from scanner.domain.accounts import Platform, platforms_of_others
from scanner.errors import Blocked, KeyNeeded

COLLECTORS: dict[Platform, str] = {
    Platform.BLUESKY: "scanner.collect.platforms.bluesky:BlueskyCollector",
    Platform.FACEBOOK: "scanner.collect.platforms.facebook:FacebookCollector",
    Platform.INSTAGRAM: "scanner.collect.platforms.instagram:InstagramCollector",
    Platform.MASTODON: "scanner.collect.platforms.mastodon:MastodonCollector",
    Platform.RSS: "scanner.collect.platforms.feed:FeedCollector",
    Platform.TELEGRAM: "scanner.collect.platforms.telegram:TelegramCollector",
    Platform.THREADS: "scanner.collect.platforms.threads:ThreadsCollector",
    Platform.TIKTOK: "scanner.collect.platforms.tiktok:TikTokCollector",
    Platform.WEB: "scanner.collect.platforms.webpage:WebPageCollector",
    Platform.X: "scanner.collect.platforms.x:XCollector",
    Platform.YOUTUBE: "scanner.collect.platforms.youtube:YouTubeCollector",
}
"""Dotted paths, imported on first use."""


def collector_class(platform: Platform) -> type[Collector]:
    """Return the class that gathers a platform; raises Blocked when there is none."""
    path = COLLECTORS.get(platform) or platforms_of_others().get(platform)
    if path is None:
        known = ", ".join(COLLECTORS)
        raise Blocked(f"{platform}: no collector, only `scanner import` of files; collected are: {known}")
    module, _, name = path.partition(":")
    found: type[Collector] = getattr(import_module(module), name)
    return found


def require_terms(platform: Platform, options: Options) -> None:
    """Raise Blocked without the approval a platform's terms need, KeyNeeded without the keys it wants."""
    terms = collector_class(platform).terms
    if terms.needs_approval and not options.terms_approval:
        raise Blocked(
            f"{platform}: its terms forbid this use without written approval; "
            f"set platforms.{platform}.terms_approval to the reference of that approval"
        )
    if missing := [name for name in terms.keys if not options.keys.get(name)]:
        raise KeyNeeded(
            f"{platform}: no key; set {', '.join(missing)} under [platforms.{platform}.keys] in secrets.toml "
            f"({terms.keys[missing[0]]})"
        )


def collector_for(platform: Platform, client: Client, options: Options) -> Collector:
    """Return the collector of a platform, ready to use. Raises what `require_terms` raises."""
    require_terms(platform, options)
    return collector_class(platform)(client, options)
