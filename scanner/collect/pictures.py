"""Pictures: foreign bytes in, what reviewers may be shown out. The only place where a picture is decoded.

The raw bytes stay as they are in the evidence folder. What is displayed is drawn anew from the pixels alone, so
nothing that rode along comes with it: no place or camera (EXIF, XMP), no comment, no page or archive behind the end.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, features

from scanner.collect.body import OtherKind, TooLarge
from scanner.errors import FetchFailed

MAX_PIXELS = 50_000_000
"""What a good telephone takes. Three bytes each, so about 150 MB while it is decoded."""
MAX_SIDE = 1280
"""Pixels of the longer side as displayed."""
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_BOXES = (b"ftypavif", b"ftypavis", b"ftypmif1")
_MAX_SCANS = 60
"""A progressive JPEG of ordinary making has about ten; a thousand of them keep a decoder busy for minutes."""
_SCAN = b"\xff\xda"
_HASH_SIDE = 8


class Undecodable(FetchFailed):
    """It begins like a picture, but it is damaged, cut off or unlike any decoder knows."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as it can be compared and shown."""

    format: str
    """Of the original: JPEG, PNG, WEBP, GIF or AVIF."""
    width: int
    """Pixels of the original as a viewer turns it (EXIF orientation applied)."""
    height: int
    phash: str
    """Perceptual hash: 64 bits as 16 hex digits; few differing bits mean much the same picture."""
    display: bytes
    """Drawn anew, without metadata, at most MAX_SIDE pixels; an animation's first frame."""
    display_type: str
    """image/jpeg, or image/png where the picture is partly transparent."""


def read_picture(body: bytes) -> Picture:
    """Decode a picture and draw it anew.

    Raises OtherKind when it is none of the formats we decode, TooLarge for too many pixels, and Undecodable.
    """
    with warnings.catch_warnings():
        # The decoders' remarks on odd metadata concern nobody; too many pixels do.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _read(body)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooLarge(f"the picture has more than {MAX_PIXELS} pixels") from error
        except FetchFailed:
            raise
        except Exception as error:  # on hostile bytes the decoders raise a dozen kinds, MemoryError among them
            raise Undecodable(f"cannot be decoded: {type(error).__name__}: {error!s:.120}") from error


def _read(body: bytes) -> Picture:
    with _open(body) as opened:
        kind, pixels = opened.format or "", opened.width * opened.height
        if pixels > MAX_PIXELS:
            raise TooLarge(f"the picture has {pixels} pixels; at most {MAX_PIXELS} are decoded")
        if kind in ("JPEG", "MPO") and body.count(_SCAN) > _MAX_SCANS:
            raise Undecodable(f"a JPEG of {body.count(_SCAN)} scans, made to keep a decoder busy; valid: {_MAX_SCANS}")
        opened.load()
        turned = _upright(opened)
    clear = _plain(turned)
    shown = clear.copy()
    shown.thumbnail((MAX_SIDE, MAX_SIDE))
    display, display_type = _encode(shown)
    return Picture(
        format="JPEG" if kind == "MPO" else kind,  # MPO: a JPEG with further ones behind it, as telephones make
        width=clear.width,
        height=clear.height,
        phash=_fingerprint(shown),
        display=display,
        display_type=display_type,
    )


def _open(body: bytes) -> Image.Image:
    known = (*_FORMATS, "AVIF") if features.check("avif") else _FORMATS
    if not (body.startswith(_BEGINNINGS) or body[8:12] == b"WEBP" or body[4:12] in _BOXES):
        raise OtherKind(f"no picture of a format we decode ({', '.join(known)}): begins with {body[:12]!a}")
    return Image.open(BytesIO(body), formats=known)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken metadata must not cost the picture
        return image


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels alone as RGB, or RGBA where some are transparent: a new image that inherits no metadata."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I"):  # 16 bits a pixel: Pillow would cut instead of scale
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clean = Image.new(mode, image.size)
    clean.paste(image.convert(mode))
    return clean


def _encode(image: Image.Image) -> tuple[bytes, str]:
    out = BytesIO()
    if image.mode == "RGBA":
        image.save(out, "PNG", optimize=True)
        return out.getvalue(), "image/png"
    image.save(out, "JPEG", quality=85)
    return out.getvalue(), "image/jpeg"


def _fingerprint(image: Image.Image) -> str:
    import imagehash  # scipy comes with it: paid when the first picture is read

    seen = Image.new("RGB", image.size, "white")
    seen.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return str(imagehash.phash(seen, hash_size=_HASH_SIDE))
