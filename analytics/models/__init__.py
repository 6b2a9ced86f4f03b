"""What this floor stores of its own. Everything else that it shows is made from others' facts."""

from analytics.models.layout import DashboardLayout

__all__ = ["DashboardLayout"]
