"""The registry: every number that is told about a course, with its one meaning and the one place it is counted.

Pages, endpoints and files read it from here, so the same number is the same everywhere. A figure is shown with its
metric beside it, and the metric says what the number is.
"""

from analytics.metrics import assistant
from analytics.metrics.registry import METRICS, Better, Metric, Unit, metric
from analytics.metrics.standing import BINS, STAGES, Standing, count_standing

__all__ = ["BINS", "METRICS", "STAGES", "Better", "Metric", "Standing", "Unit", "assistant", "count_standing", "metric"]
