"""The demo on all floors: facts from `learning`, and what follows from them, found by the rebuild commands."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from gamification.services.rebuild import rebuild_gamification
from learning.demo.load import load_demo
from learning.services.rebuild import rebuild_progress


@transaction.atomic
def load(*, at: dt.datetime, learners: int) -> bool:
    """All of it or nothing. Where the demo is, nothing changes and the answer is False."""
    if not load_demo(at=at, learners=learners):
        return False
    rebuild_progress(at=at)
    rebuild_gamification()
    return True
