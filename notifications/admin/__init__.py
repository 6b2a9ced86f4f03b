"""The pages of this floor in the admin."""

from notifications.admin import addresses, announcements, messages

__all__ = ["addresses", "announcements", "messages"]
