"""An instructor's pages in the admin. Importing a module registers its pages (analytics.admin.base)."""

from analytics.admin import health, overview

__all__ = ["health", "overview"]
