"""Pictures of posts: from here alone, drawn anew, and only to who may see the post."""

from __future__ import annotations

from starlette.responses import Response

from scanner.errors import NotGiven
from scanner.review.assign import require_seen_by
from scanner.store import audit, evidence, media
from scanner.web.page import JUDGES, Page, Visit


def picture(visit: Visit) -> Response:
    """Send one picture of a post; a remote one would tell its author that somebody reads (reliability B2)."""
    item, position = visit.query("item"), visit.query("position")
    with visit.desk.store.lease("review: show a picture") as lease:
        require_seen_by(lease, visit.who, item)
        known = media.load_media(lease, [item]).get(item, ())
        shown = next((one for one in known if str(one.position) == position), None)
        if shown is None or shown.display_sha256 is None:
            raise NotGiven(f"{item}: there is no such picture for you")
        audit.append(lease, actor=visit.who.name, action="picture.show", subject=item, detail={"position": position})
        body = evidence.read(media.folder_of(lease.folder), shown.display_sha256)
    return Response(body, media_type=shown.display_type, headers={"cache-control": "no-store"})


PAGES = (Page("/review/picture", picture, JUDGES),)
