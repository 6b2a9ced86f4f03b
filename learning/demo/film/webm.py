"""A WebM file from encoded frames: its length, one video track, a cluster for each key frame, an index to seek by."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Element ids of the format, as they are written.
EBML, SEGMENT, INFO, TRACKS, CLUSTER, CUES = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B
MILLISECOND = 1_000_000  # in the nanoseconds that the format counts in


@dataclass(frozen=True)
class Frame:
    """One encoded picture; `at` in milliseconds from the start."""

    at: int
    is_key: bool
    data: bytes


def webm(frames: Sequence[Frame], *, width: int, height: int, seconds: float) -> bytes:
    """The whole file. It says its own length, and every key frame can be found without reading what is before it."""
    info, tracks = _info(seconds), _tracks(width, height)
    clusters = [_cluster(group) for group in _groups(frames)]
    starts = [group[0].at for group in _groups(frames)]
    room = len(_cues(starts, [0] * len(starts)))
    places, place = [], len(info) + len(tracks) + room
    for cluster in clusters:
        places.append(place)
        place += len(cluster)
    return _header() + _element(SEGMENT, info, tracks, _cues(starts, places), *clusters)


def _groups(frames: Iterable[Frame]) -> list[list[Frame]]:
    groups: list[list[Frame]] = []
    for frame in frames:
        if frame.is_key:
            groups.append([])
        groups[-1].append(frame)
    return groups


def _header() -> bytes:
    parts = _number(0x4286, 1), _number(0x42F7, 1), _number(0x42F2, 4), _number(0x42F3, 8)
    return _element(EBML, *parts, _element(0x4282, b"webm"), _number(0x4287, 4), _number(0x4285, 2))


def _info(seconds: float) -> bytes:
    app = _element(0x4D80, b"Cairn"), _element(0x5741, b"Cairn")
    return _element(INFO, _number(0x2AD7B1, MILLISECOND), _element(0x4489, struct.pack(">d", seconds * 1000)), *app)


def _tracks(width: int, height: int) -> bytes:
    picture = _element(0xE0, _number(0xB0, width), _number(0xBA, height))
    entry = _number(0xD7, 1), _number(0x73C5, 1), _number(0x9C, 0), _number(0x83, 1), _element(0x86, b"V_VP9")
    return _element(TRACKS, _element(0xAE, *entry, picture))


def _cluster(frames: Sequence[Frame]) -> bytes:
    start = frames[0].at
    return _element(CLUSTER, _number(0xE7, start), *(_block(frame, start) for frame in frames))


def _block(frame: Frame, start: int) -> bytes:
    return _element(
        0xA3, b"\x81", struct.pack(">h", frame.at - start), b"\x80" if frame.is_key else b"\x00", frame.data
    )


def _cues(starts: Sequence[int], places: Sequence[int]) -> bytes:
    return _element(CUES, *(_cue(start, place) for start, place in zip(starts, places, strict=True)))


def _cue(start: int, place: int) -> bytes:
    """Always of the same length: the index stands before what it points to."""
    where = _element(0xB7, _number(0xF7, 1), _element(0xF1, place.to_bytes(8, "big")))
    return _element(0xBB, _element(0xB3, start.to_bytes(8, "big")), where)


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _element(name: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + _size(len(data)) + data


def _size(length: int) -> bytes:
    """A length in as few bytes as hold it; the leading bit says how many they are."""
    for count in range(1, 9):
        if length < (1 << 7 * count) - 1:
            return (length | 1 << 7 * count).to_bytes(count, "big")
    raise ValueError(length)
