"""What a stranger sends is made anew, or refused: nothing of the file itself goes any further."""

import asyncio
import io
import re
import resource
import subprocess
import sys
import time

import av
import pytest
from PIL import Image

from bot.media import cleaning, worker
from bot.media.cleaning import MOST_BYTES, Spoiled, clean
from dialogs.media import Media, MediaKind
from tests.bot.media_files import CANARY, bomb, flipbook, photo, sound, told_photo, wav

PHOTO, VOICE = MediaKind.PHOTO, MediaKind.VOICE


async def cleaned(kind: MediaKind, content: bytes) -> Media:
    made = await clean(kind, content)
    assert isinstance(made, Media)
    return made


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "MPO"])
async def test_a_photo_keeps_only_what_is_seen(kind: str) -> None:
    """Of a photo of any kind the picture stays, and no word that the file had beside it."""
    content = told_photo(kind)
    assert CANARY.encode() in content
    made = await cleaned(PHOTO, content)
    assert CANARY.encode() not in made.content
    with Image.open(io.BytesIO(made.content)) as seen:
        assert (seen.format, seen.mode, seen.size) == ("JPEG", "RGB", (64, 48))
        assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        red, _, blue = seen.getpixel((8, 8))  # type: ignore[misc]
        assert (red > 200, blue < 60) == (True, True)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", made.attachment.id)


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("ogg", "libopus"),
        ("webm", "libopus"),
        ("mp4", "aac"),
        ("mp3", "libmp3lame"),
        ("adts", "aac"),
        ("wav", "pcm_s16le"),
    ],
)
async def test_a_voice_note_keeps_only_what_is_heard(container: str, codec: str) -> None:
    """Of a sound of any kind the sound stays, as mono Opus in Ogg, and no tag of the file."""
    content = sound(container, codec, seconds=2, told=container != "adts")
    assert CANARY.encode() in content or container == "adts"
    made = await cleaned(VOICE, content)
    assert CANARY.encode() not in made.content
    assert (made.attachment.kind, made.attachment.seconds) == (VOICE, 2)
    with av.open(io.BytesIO(made.content)) as heard:
        assert (heard.format.name, len(heard.streams)) == ("ogg", 1)
        assert (heard.streams.audio[0].codec.name, heard.streams.audio[0].channels) == ("opus", 1)
        assert {**heard.metadata, **heard.streams.audio[0].metadata}.keys() <= {"encoder"}


async def test_a_photo_is_upright_and_not_larger_than_a_screen() -> None:
    """A photo that lies on its side in the file is turned, and a large one is made smaller."""
    exif = Image.Exif()
    exif[0x0112] = 6
    made = await cleaned(PHOTO, photo(width=3200, height=1000, exif=exif))
    with Image.open(io.BytesIO(made.content)) as seen:
        assert seen.size == (500, 1600)
        # What was at the upper left of the file is at the upper right once it is turned.
        red, _, blue = seen.getpixel((480, 40))  # type: ignore[misc]
        assert red > blue


async def test_what_was_see_through_is_white() -> None:
    """A drawing on nothing becomes a drawing on white."""
    written = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(written, "PNG")
    made = await cleaned(PHOTO, written.getvalue())
    with Image.open(io.BytesIO(made.content)) as seen:
        assert seen.getpixel((10, 10)) == (255, 255, 255)


SPOILED = {
    "nothing": b"",
    "words": b"Just some words.",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing of code": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "a document": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "a script": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
    "a photo in name only": b"\xff\xd8\xff\xe0" + b"JFIF" * 50,
    "half a photo": photo(width=640, height=480)[:2000],
    "half a drawing": photo("PNG", width=640, height=480)[:200],
    "a bomb": bomb(50_000),
    "a smaller bomb": bomb(9_000),
    "a picture of no format we take": photo("BMP"),
    "a sound": sound(),
}


@pytest.mark.parametrize("name", SPOILED)
async def test_what_is_no_photo_is_refused(name: str) -> None:
    """Pages, scripts, lies, halves and bombs are refused, and nothing is raised."""
    assert await clean(PHOTO, SPOILED[name]) == Spoiled("failed")


MUTE = {
    "nothing": b"",
    "words": b"Just some words.",
    "a list of other files": b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a recipe of other files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a sound in name only": b"OggS" + b"\x00" * 400,
    "a film in name only": b"\x00\x00\x00\x1cftypisom" + b"\xff" * 400,
    "half a recording": sound("mp4", "aac")[:-300],
    "a photo": photo(),
    "silence of no length": wav(0),
}


@pytest.mark.parametrize("name", MUTE)
async def test_what_is_no_sound_is_refused(name: str) -> None:
    """What names other files, lies or says nothing is refused, and nothing is raised."""
    assert await clean(VOICE, MUTE[name]) == Spoiled("failed")


@pytest.mark.parametrize(
    "content", [flipbook(100_000), photo() + b"<script>" + CANARY.encode(), photo("PNG") + photo()]
)
async def test_what_is_more_than_a_photo_becomes_one(content: bytes) -> None:
    """Of a file that is also something else only the first picture stays, and soon."""
    began = time.monotonic()
    made = await cleaned(PHOTO, content)
    assert CANARY.encode() not in made.content
    assert len(made.content) < 10_000
    assert time.monotonic() - began < 10


async def test_too_much_is_refused_with_its_reason() -> None:
    """Too many bytes are not even opened, and a recording beyond ten minutes says so."""
    assert await clean(PHOTO, bytes(MOST_BYTES[PHOTO] + 1)) == Spoiled("too_large")
    assert await clean(VOICE, bytes(MOST_BYTES[VOICE] + 1)) == Spoiled("too_large")
    assert await clean(VOICE, wav(610, rate=8000)) == Spoiled("too_long")


async def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that keeps its process busy beyond the deadline is refused, and the process is gone."""
    monkeypatch.setattr(cleaning, "_SLOWEST_S", 0.01)
    assert await clean(VOICE, wav(100)) == Spoiled("failed")


async def test_a_few_at_a_time() -> None:
    """Many files at once are all cleaned, and each is told from the others."""
    sizes = range(10, 18)
    made = await asyncio.gather(*(cleaned(PHOTO, photo(width=size, height=10)) for size in sizes))
    assert len({one.attachment.id for one in made}) == len(sizes)
    for size, one in zip(sizes, made, strict=True):
        with Image.open(io.BytesIO(one.content)) as seen:
            assert seen.size == (size, 10)


def test_the_process_can_open_nothing() -> None:
    """Once it looks at a file it has no way to another file, to the network or to a second process."""
    tries = f"""
import os, socket, sys
sys.path.insert(0, {str(cleaning._WORKER.parent)!r})
import worker
worker._limit_ourselves()
worker._close_the_doors()
done = []
for act in (lambda: open("/etc/passwd"), lambda: socket.socket(), lambda: bytearray(600 << 20)):
    try:
        act()
        done.append("did it")
    except (OSError, MemoryError):
        pass
print(done)
"""
    ran = subprocess.run([sys.executable, "-I", "-c", tries], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 0
    assert worker.draw_again.__module__ == "bot.media.worker"
