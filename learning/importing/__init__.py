"""Real courses come in: a folder is read, planned and written, all or nothing.

`import_course` is the only door. A source is read into plain values by one reader per layout (`numbered`, `episodes`),
its links and quizzes are joined in memory (`planning`), and what differs is written in one transaction (`writing`).
"""

from learning.importing.importer import LAYOUTS, import_course
from learning.importing.report import Changes, ImportReport, OddQuestion, Unresolved

__all__ = ["LAYOUTS", "Changes", "ImportReport", "OddQuestion", "Unresolved", "import_course"]
