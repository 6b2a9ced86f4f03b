"""Pages of the assistant."""
