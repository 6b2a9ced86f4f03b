"""What this floor stores: each learner's inbox, and what their open pages are told."""

from notifications.models.announcements import Announcement, AnnouncementQuerySet
from notifications.models.devices import Device, DeviceQuerySet
from notifications.models.inbox import Notification, NotificationQuerySet
from notifications.models.live import LiveEvent, LiveEventQuerySet
from notifications.models.phones import Phone, PhoneQuerySet

__all__ = [
    "Announcement",
    "AnnouncementQuerySet",
    "Device",
    "DeviceQuerySet",
    "LiveEvent",
    "LiveEventQuerySet",
    "Notification",
    "NotificationQuerySet",
    "Phone",
    "PhoneQuerySet",
]
