"""What may happen on this floor."""
