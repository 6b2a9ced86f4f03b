"""What this floor shows: a learner's own numbers."""
