"""The process that opens one file of a stranger: bytes in, a picture or a sound made anew out, and then it ends.

A file that lies about itself is opened here or nowhere. The process has no secret, little memory and little
time, can open no file and no connection, and imports nothing of ours: it is run by its path, on its own.
What leaves it was drawn from pixels or encoded from samples, so nothing else of the file can come along.

It is asked ``worker.py photo|voice`` with the file on standard input, and answers with a line of JSON,
``{"seconds": n}`` or ``{"spoiled": kind}``, and after the first the new file.
"""

import io
import json
import resource
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

_MEMORY_BYTES = 512 << 20
_PROCESSOR_S = 10
_MOST_PIXELS = 50_000_000
_LONG_SIDE = 1600
_QUALITY = 82
_RATE = 48_000
_BITS_A_SECOND = 28_000
_LONGEST_S = 600
# What cameras and browsers make; a multi-picture file of a phone begins as a JPEG.
_PICTURES = ("JPEG", "PNG", "WEBP", "GIF", "MPO")
# The formats that may be tried, by how a file begins: never a playlist or a script, which name other files.
_SOUNDS = (
    (0, b"OggS", "ogg"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (4, b"ftyp", "mov"),
    (8, b"WAVE", "wav"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"\xff\xe3", "mp3"),
    (0, b"\xff\xf2", "mp3"),
    (0, b"\xff\xf3", "mp3"),
    (0, b"\xff\xfa", "mp3"),
    (0, b"\xff\xfb", "mp3"),
    (0, b"#!AMR", "amr"),
)


class TooLongError(Exception):
    """A sound that goes on for longer than anybody will listen."""


def draw_again(content: bytes) -> bytes:
    """Make a picture anew from its pixels, upright and at most 1600 pixels long, as a JPEG without anything else.

    Raises: anything, for what is no picture that we take.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    Image.preinit()
    _close_the_doors("PIL.", "ImageColor", "ImagePalette", "MpoImagePlugin", "TiffImagePlugin", "WebPImagePlugin")
    with Image.open(io.BytesIO(content), formats=_PICTURES) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        # Small before anything else is done with it; a JPEG is even read small.
        picture.thumbnail((_LONG_SIDE, _LONG_SIDE), reducing_gap=2.0)
        upright = ImageOps.exif_transpose(picture)
        seen = upright.convert("RGBA")
        # What was see-through is white, as on paper; and only pixels go over.
        fresh = Image.new("RGB", seen.size, "white")
        fresh.paste(seen, mask=seen.getchannel("A"))
    drawn = io.BytesIO()
    fresh.save(drawn, "JPEG", quality=_QUALITY)
    return drawn.getvalue()


def play_again(content: bytes) -> tuple[bytes, int]:
    """Make a sound anew from its samples, as mono Opus in Ogg, and give its seconds.

    Raises: TooLongError; anything, for what is no sound that we take.
    """
    import av

    _close_the_doors("av.", "subtitles.stream")
    av.logging.set_level(None)
    made, samples = io.BytesIO(), 0
    with (
        av.open(io.BytesIO(content), format=_format_of(content), metadata_errors="ignore") as heard,
        av.open(made, "w", format="ogg", options={"fflags": "+bitexact"}) as fresh,
    ):
        stream = fresh.add_stream("libopus", rate=_RATE, layout="mono", options={"application": "voip"})
        stream.bit_rate = _BITS_A_SECOND
        resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
        for frame in _frames(heard):
            for part in resampler.resample(frame):
                samples += part.samples
                if samples > _LONGEST_S * _RATE:
                    raise TooLongError
                part.pts = None
                fresh.mux(stream.encode(part))
        fresh.mux(stream.encode(None))
    if not samples:
        raise ValueError("nothing can be heard")
    return made.getvalue(), max(1, round(samples / _RATE))


def _frames(heard: Any) -> Iterator[Any]:
    from av.error import InvalidDataError

    stream = heard.streams.audio[0]
    # Threads would each want memory of their own.
    stream.thread_type = "NONE"
    good = bad = 0
    for packet in heard.demux(stream):
        try:
            frames = packet.decode()
        except InvalidDataError:
            # A cut in the middle is heard as a gap; a file of nothing but cuts is none.
            bad += 1
            continue
        good += 1
        yield from frames
    if bad > good:
        raise ValueError("more is broken than whole")
    yield None


def _format_of(content: bytes) -> str:
    for start, sign, name in _SOUNDS:
        if content[start : start + len(sign)] == sign:
            return name
    raise ValueError("no sound that we know")


def _limit_ourselves() -> None:
    _limit(resource.RLIMIT_AS, _MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, _PROCESSOR_S)
    # No file can be written, not even of what was in memory when it fell.
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def _close_the_doors(library: str = "", *late: str) -> None:
    # Once all code is loaded, also what a library looks for only when it comes to it, no file, no connection
    # and no process can be opened any more.
    for name in ("copy", "random", *(library + name for name in late)):
        import_module(name)
    _limit(resource.RLIMIT_NOFILE, 0)
    _limit(resource.RLIMIT_NPROC, 0)


def _limit(what: int, most: int) -> None:
    try:
        resource.setrlimit(what, (most, most))
    except (ValueError, OSError):
        # A stricter limit stands already, or this system has none; the others and the deadline hold.
        return


def main(kind: str) -> None:
    """Answer for one file."""
    warnings.simplefilter("ignore")
    _limit_ourselves()
    content, made = sys.stdin.buffer.read(), b""
    told: dict[str, object]
    try:
        made, seconds = (draw_again(content), 0) if kind == "photo" else play_again(content)
        told = {"seconds": seconds}
    except TooLongError:
        told = {"spoiled": "too_long"}
    except Exception:  # noqa: BLE001 - whatever is wrong with a stranger's file, there is one word for it
        told = {"spoiled": "failed"}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + made)


if __name__ == "__main__":
    main(sys.argv[1])
