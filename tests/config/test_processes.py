"""The family of processes behind `manage.py up`: one per folder, ended together, leftovers found."""

import subprocess
import sys
import time

import pytest

from config import valkey
from config.processes import AlreadyRunning, Family, end_leftovers, only_one

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
HOLD = "import sys, pathlib; from config.processes import only_one\nwith only_one(pathlib.Path(sys.argv[1])): input()"


@pytest.fixture
def family(tmp_path):
    made = Family(tmp_path / "up.pids", {}, lambda line: None)
    yield made
    made.stop()


def test_a_second_family_in_the_same_folder_is_refused(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 10
        while not (tmp_path / "up.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.1)
        with pytest.raises(AlreadyRunning), only_one(tmp_path):
            pytest.fail("two at once")
    finally:
        holder.kill()
        holder.communicate()
    with only_one(tmp_path):
        pass  # the lock went with its holder, though that one was killed


def test_when_one_ends_its_name_is_told(family):
    family.start("long", SLEEP)
    family.start("short", [sys.executable, "-c", "pass"])
    assert family.wait() == "short"


def test_stopping_leaves_nobody(family):
    family.start("one", SLEEP)
    family.start("two", SLEEP)
    family.stop()
    assert all(child.poll() is not None for child in family.children.values())
    assert not family.notes.exists()


def test_lines_of_a_child_carry_its_name(tmp_path):
    said = []
    family = Family(tmp_path / "up.pids", {}, said.append)
    family.start("web", [sys.executable, "-c", "print('hello')"])
    family.wait()
    deadline = time.monotonic() + 5
    while not said and time.monotonic() < deadline:
        time.sleep(0.01)
    family.stop()
    assert said == ["   web | hello"]


def test_what_a_killed_start_left_is_ended_by_the_next(family):
    family.start("left", SLEEP)
    left = family.children["left"]
    while not end_leftovers_found(family):
        time.sleep(0.05)
    assert left.wait(5) is not None


def end_leftovers_found(family):
    """The child's command line shows once it has replaced its parent's."""
    notes = family.notes.read_text()
    found = end_leftovers(family.notes)
    if not found:
        family.notes.write_text(notes)
    return found


def test_somebody_elses_process_with_a_noted_id_is_left_alone(family, tmp_path):
    family.start("other", SLEEP)
    other = family.children["other"]
    notes = tmp_path / "old.pids"
    notes.write_text(f"{other.pid} something else entirely\nnot a line of ours\n")
    assert end_leftovers(notes) == 0
    assert other.poll() is None


def test_a_long_path_puts_the_socket_into_a_short_private_folder(tmp_path):
    deep = tmp_path / ("a" * 120)
    deep.mkdir()
    with valkey.socket_place(deep) as place:
        assert len(bytes(place)) < valkey.LONGEST_SOCKET_PATH
        assert place.parent.stat().st_mode & 0o777 == 0o700
    assert not place.parent.exists()
    with valkey.socket_place(tmp_path) as place:
        assert place.parent == tmp_path.resolve()
