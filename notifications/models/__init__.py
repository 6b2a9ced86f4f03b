"""What this floor stores: inboxes, what open pages are told, what people chose, and messages on their way."""

from notifications.models.deliveries import DeadAddress, Delivery, DeliveryQuerySet
from notifications.models.inbox import Notification, NotificationQuerySet
from notifications.models.live import LiveEvent, LiveEventQuerySet
from notifications.models.preferences import Choice, ChoiceQuerySet, Manner
from notifications.models.templates import Template

__all__ = [
    "Choice",
    "ChoiceQuerySet",
    "DeadAddress",
    "Delivery",
    "DeliveryQuerySet",
    "LiveEvent",
    "LiveEventQuerySet",
    "Manner",
    "Notification",
    "NotificationQuerySet",
    "Template",
]
