"""The faults that `make teeth` plants still fit the code: a fault that is never planted is never noticed."""

from __future__ import annotations

import pytest

from tests.teeth.run import ROOT, faults, fits


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_the_fault_can_be_planted(fault):
    assert fits(fault, ROOT), "The code has changed: make the patch anew, see CONTRIBUTING.md"
    for test in fault.tests:
        assert (ROOT / test.partition("::")[0]).exists()


def test_there_are_enough_of_them():
    assert len(faults()) >= 20
