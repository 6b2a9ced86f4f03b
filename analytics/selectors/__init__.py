"""Reads over several floors."""
