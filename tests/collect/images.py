"""Pictures made for the tests: as telephones make them, and as nobody should."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw

PLACE = (b"NUSA RIMBA", "CameraMaker", "Jalan Contoh 7")
"""What must never come out again."""


def scene(width: int = 400, height: int = 300, seed: int = 1) -> Image.Image:
    """A drawing with large and small shapes; another seed, another picture."""
    image = Image.new("RGB", (width, height), (30 * seed % 255, 120, 200))
    pen = ImageDraw.Draw(image)
    for number in range(1, 12):
        x, y = (number * 37 * seed) % 100 / 100 * width, (number * 53 * seed) % 100 / 100 * height
        colour = tuple((number * seed * step) % 256 for step in (91, 57, 33))
        pen.ellipse((x - width / 6, y - height / 6, x + width / 6, y + height / 6), fill=colour)
    return image


def packed(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def from_telephone(image: Image.Image, orientation: int = 6) -> bytes:
    """A JPEG that tells where it was taken, with which camera, and that it must be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = PLACE[1]
    exif[0x8825] = {1: "S", 2: (5.0, 26.0, 13.0), 3: "E", 4: (105.0, 15.0, 45.0), 29: "2026:11:20"}
    return packed(image, exif=exif, comment=PLACE[0], xmp=f"<x>{PLACE[2]}</x>".encode(), dpi=(300, 300), quality=90)


def animation() -> bytes:
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    return packed(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that claims more pixels than any memory holds."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def many_scans(times: int = 500) -> bytes:
    """A progressive JPEG whose scans are repeated over and over."""
    body = packed(scene(64, 64), progressive=True)
    last = body.rindex(b"\xff\xda")
    return body[:last] + body[last:-2] * times + body[-2:]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
