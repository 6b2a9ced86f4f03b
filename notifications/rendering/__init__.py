"""Signed links, and words of templates."""
