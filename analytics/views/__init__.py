"""Pages that read several floors at once."""
