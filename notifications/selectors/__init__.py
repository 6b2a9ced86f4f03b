"""What this floor shows."""
