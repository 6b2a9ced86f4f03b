"""What this floor stores: inboxes, what open pages are told, what people chose, and messages on their way."""

from notifications.models.announcements import Announcement, AnnouncementQuerySet
from notifications.models.deliveries import DeadAddress, Delivery, DeliveryQuerySet
from notifications.models.devices import Device, DeviceQuerySet
from notifications.models.inbox import Notification, NotificationQuerySet
from notifications.models.live import LiveEvent, LiveEventQuerySet
from notifications.models.phones import Phone, PhoneQuerySet
from notifications.models.preferences import Choice, ChoiceQuerySet, Manner
from notifications.models.templates import Template

__all__ = [
    "Announcement",
    "AnnouncementQuerySet",
    "Choice",
    "ChoiceQuerySet",
    "DeadAddress",
    "Delivery",
    "DeliveryQuerySet",
    "Device",
    "DeviceQuerySet",
    "LiveEvent",
    "LiveEventQuerySet",
    "Manner",
    "Notification",
    "NotificationQuerySet",
    "Phone",
    "PhoneQuerySet",
    "Template",
]
