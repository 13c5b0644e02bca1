"""Photos and sounds for tests, made here: whole ones with a canary in every place for metadata, and hostile ones."""

import array
import io
import math
import struct
import wave
import zlib

import av
from PIL import Image, PngImagePlugin

CANARY = "canary-of-ana"
_RATE = 48_000


def picture(width: int = 64, height: int = 48) -> Image.Image:
    """A picture in which top and bottom, left and right can be told apart: its upper left quarter is red."""
    drawn = Image.new("RGB", (width, height), "blue")
    drawn.paste("red", (0, 0, width // 2, height // 2))
    return drawn


def photo(kind: str = "JPEG", *, width: int = 64, height: int = 48, **more: object) -> bytes:
    """A photo with nothing in it but what is asked for."""
    written = io.BytesIO()
    picture(width, height).save(written, kind, **more)
    return written.getvalue()


def told_photo(kind: str) -> bytes:
    """A photo that tells where and by whom it was taken, in every way its format has."""
    exif = Image.Exif()
    exif[0x010F] = exif[0x013B] = exif[0x9286] = CANARY
    exif.get_ifd(0x8825)[0x001D] = CANARY
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    # Readers look at no more of a profile than its length.
    profile = CANARY.encode() * 20
    match kind:
        case "JPEG":
            return photo(kind, exif=exif, comment=CANARY, xmp=xmp, icc_profile=profile)
        case "PNG":
            words = PngImagePlugin.PngInfo()
            words.add_text("Author", CANARY)
            words.add_itxt("XML:com.adobe.xmp", CANARY)
            return photo(kind, exif=exif, pnginfo=words, icc_profile=profile)
        case "WEBP":
            return photo(kind, exif=exif, xmp=xmp, icc_profile=profile)
        case _:
            return photo(kind, comment=CANARY)


def sound(container: str = "ogg", codec: str = "libopus", *, seconds: int = 1, told: bool = False) -> bytes:
    """A note of a flute, perhaps with tags that tell who played it."""
    made = io.BytesIO()
    with av.open(made, "w", format=container) as out, av.open(io.BytesIO(wav(seconds)), "r") as played:
        if told:
            out.metadata.update({"title": CANARY, "artist": CANARY, "comment": CANARY})
        stream = out.add_stream(codec, rate=_RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        if told:
            stream.metadata.update({"title": CANARY})
        resampler = av.AudioResampler(stream.format, "mono", _RATE, frame_size=stream.frame_size or 1024)
        for frame in (*played.decode(audio=0), None):
            for part in resampler.resample(frame):
                part.pts = None
                out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return made.getvalue()


def wav(seconds: int, *, rate: int = _RATE) -> bytes:
    """The same note as samples."""
    made = io.BytesIO()
    second = array.array("h", [int(8000 * math.sin(i / 9)) for i in range(rate)]).tobytes()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(second * seconds)
    return made.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that says it is ``side`` pixels wide and high."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(3 * side + 1) * min(side, 200), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def flipbook(frames: int) -> bytes:
    """A GIF with a great many frames."""
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\xff"
    frame = b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
    return head + frame * frames + b";"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
