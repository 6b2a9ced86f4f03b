"""The endpoints of this floor."""
