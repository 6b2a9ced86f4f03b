"""What this floor stores: each learner's inbox, and what their open pages are told."""

from notifications.models.inbox import Notification, NotificationQuerySet
from notifications.models.live import LiveEvent, LiveEventQuerySet

__all__ = ["LiveEvent", "LiveEventQuerySet", "Notification", "NotificationQuerySet"]
