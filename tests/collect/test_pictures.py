"""A picture is drawn anew from its pixels alone, or refused with a reason; no bytes bring anything else about."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from scanner.collect.body import OtherKind, TooLarge
from scanner.collect.pictures import MAX_SIDE, Undecodable, read_picture
from scanner.errors import CollectError
from tests.collect import images
from tests.collect.images import packed, scene

KINDS = ("JPEG", "PNG", "WEBP", "GIF", *(["AVIF"] if features.check("avif") else []))
HOSTILE = {
    "svg": images.SVG,
    "page": images.PAGE,
    "no bytes": b"",
    "pdf": b"%PDF-1.7\n",
    "bmp": packed(scene(20, 20), "BMP"),
    "tiff": packed(scene(20, 20), "TIFF"),
    "ico": packed(scene(32, 32), "ICO"),
    "film": b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41",
    "zip": b"PK\x03\x04" + bytes(30),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
}


def shown(body: bytes) -> Image.Image:
    return Image.open(BytesIO(read_picture(body).display))


def differing(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_on_the_list_is_read(kind: str):
    picture = read_picture(packed(scene(), kind))
    assert (picture.format, picture.width, picture.height) == (kind, 400, 300)
    assert picture.display_type == "image/jpeg"
    assert len(picture.phash) == 16
    assert shown(packed(scene(), kind)).size == (400, 300)


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_everything_else_is_refused_with_a_reason(body: bytes):
    with pytest.raises(OtherKind, match="no picture of a format we decode"):
        read_picture(body)


def test_place_camera_and_comment_do_not_come_along():
    body = images.from_telephone(scene())
    assert images.PLACE[0] in body
    display = read_picture(body).display
    redrawn = Image.open(BytesIO(display))
    assert not redrawn.getexif()
    assert {"exif", "comment", "xmp", "icc_profile", "dpi"} & set(redrawn.info) == set()
    for word in (images.PLACE[0], images.PLACE[1].encode(), images.PLACE[2].encode(), b"Exif", b"2026:11:20"):
        assert word not in display


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_metadata_of_other_formats_does_not_come_along_either(kind: str):
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", "Jalan Contoh 7")
    exif = Image.Exif()
    exif[0x010F] = "Jalan Contoh 7"
    options = {"PNG": {"pnginfo": words, "exif": exif}, "WEBP": {"exif": exif}, "GIF": {"comment": b"Jalan Contoh 7"}}
    body = packed(scene().convert("RGBA") if kind != "GIF" else scene(), kind, **options[kind])
    assert b"Jalan Contoh 7" in body
    assert b"Jalan Contoh 7" not in read_picture(body).display


def test_a_picture_is_turned_as_its_camera_says():
    upright = scene(300, 200)
    picture = read_picture(images.from_telephone(upright, orientation=6))
    assert (picture.width, picture.height) == (200, 300)
    expected = read_picture(packed(upright.transpose(Image.Transpose.ROTATE_270), quality=90))
    assert differing(picture.phash, expected.phash) <= 2


def test_broken_camera_data_does_not_cost_the_picture():
    body = bytearray(images.from_telephone(scene()))
    place = body.index(b"Exif\0\0") + 6
    body[place + 8 : place + 60] = b"\xff" * 52
    assert read_picture(bytes(body)).width in (300, 400)


def test_of_an_animation_the_first_frame_is_shown():
    picture = shown(images.animation())
    assert getattr(picture, "n_frames", 1) == 1
    red, green, blue = picture.convert("RGB").getpixel((30, 20))
    assert red > 200
    assert max(green, blue) < 60


def test_large_pictures_are_made_smaller_and_small_ones_stay():
    large = read_picture(packed(scene(4000, 1000)))
    assert (large.width, large.height) == (4000, 1000)
    assert Image.open(BytesIO(large.display)).size == (MAX_SIDE, MAX_SIDE // 4)
    assert shown(packed(scene(1, 1), "PNG")).size == (1, 1)
    assert shown(packed(scene(20_000, 2), "PNG")).size == (MAX_SIDE, 1)


def test_what_is_transparent_stays_so():
    image = scene().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    picture = read_picture(packed(image, "PNG"))
    assert picture.display_type == "image/png"
    assert Image.open(BytesIO(picture.display)).mode == "RGBA"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_pixels_is_shown(mode: str):
    grey = Image.linear_gradient("L").resize((200, 200))
    deep = Image.frombytes("I;16", (200, 200), b"".join(bytes((0, value)) for value in grey.tobytes()))
    body = packed(deep if mode == "I;16" else grey.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    light = shown(body).convert("L")
    assert light.getpixel((100, 10)) < 60 < 200 < light.getpixel((100, 190))


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (11_000, 10_000), (8_000, 7_000)])
def test_a_bomb_is_refused_by_its_size_before_it_is_unpacked(width: int, height: int):
    with pytest.raises(TooLarge, match="pixels"):
        read_picture(images.bomb(width, height))


def test_a_jpeg_of_endless_scans_is_refused():
    with pytest.raises(Undecodable, match="scans, made to keep a decoder busy"):
        read_picture(images.many_scans())


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_picture_is_refused_as_damaged(kind: str):
    body = packed(scene(), kind)
    with pytest.raises(Undecodable, match="cannot be decoded"):
        read_picture(body[: len(body) // 2])


@pytest.mark.parametrize(
    "rider", [images.PAGE, b"PK\x03\x04" + bytes(20), b"*/=1;alert(1)/*"], ids=["page", "zip", "js"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_what_rides_behind_a_picture_is_left_behind(kind: str, rider: bytes):
    body = packed(scene(), kind)
    picture = read_picture(body + rider)
    assert rider not in picture.display
    assert picture.phash == read_picture(body).phash


def test_the_same_bytes_give_the_same_picture():
    assert read_picture(packed(scene())) == read_picture(packed(scene()))


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_perceptual_hash_outlives_packing_and_scaling(seed: int):
    one = read_picture(packed(scene(1600, 1200, seed), "PNG")).phash
    again = [
        packed(scene(1600, 1200, seed), quality=40),
        packed(scene(1600, 1200, seed).resize((640, 480)), quality=80),
        packed(scene(1600, 1200, seed).resize((320, 240)), "WEBP", quality=60),
        read_picture(packed(scene(1600, 1200, seed))).display,
    ]
    assert [differing(one, read_picture(body).phash) for body in again] == pytest.approx([0] * 4, abs=4)
    other = read_picture(packed(scene(1600, 1200, seed + 10), "PNG")).phash
    assert differing(one, other) > 12


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes):
    _read_or_refuse(body)


@given(kind=st.sampled_from(KINDS), seed=st.randoms(use_true_random=False), cuts=st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_pictures_damaged_anywhere_are_read_or_refused(kind: str, seed, cuts: int):
    body = bytearray(packed(scene(48, 32), kind))
    for _ in range(seed.randint(1, 12)):
        body[seed.randrange(len(body))] = seed.randrange(256)
    for _ in range(cuts):
        del body[seed.randrange(len(body)) :][:50]
    _read_or_refuse(bytes(body))


def _read_or_refuse(body: bytes) -> None:
    try:
        picture = read_picture(body)
    except CollectError as error:
        assert str(error)
    else:
        assert max(Image.open(BytesIO(picture.display)).size) <= MAX_SIDE
