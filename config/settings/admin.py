"""How the admin looks: Unfold in Cairn's colours."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Cairn",
    "SITE_HEADER": "Cairn",
    "SITE_SUBHEADER": _("Courses and people"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "landscape",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": True,
    # Each page is in the sidebar of those who may open it: the pages themselves say who that is.
    "SIDEBAR": {"navigation": "config.admin_site.navigation"},
    "ACCOUNT": {"navigation": "config.admin_site.account_links"},
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "base": {
            "50": "#fafaf9",
            "100": "#f5f5f4",
            "200": "#e7e5e4",
            "300": "#d6d3d1",
            "400": "#a8a29e",
            "500": "#78716c",
            "600": "#57534e",
            "700": "#44403c",
            "800": "#292524",
            "900": "#1c1917",
            "950": "#0c0a09",
        },
        "primary": {
            "50": "#f1f6f1",
            "100": "#dfeadf",
            "200": "#c1d6c2",
            "300": "#97b99b",
            "400": "#83ad8a",
            "500": "#6b9a73",
            "600": "#38623f",
            "700": "#2e4f34",
            "800": "#27402b",
            "900": "#213525",
            "950": "#101d14",
        },
    },
}
