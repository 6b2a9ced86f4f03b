"""This floor's endpoints."""
