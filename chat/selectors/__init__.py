"""What may be read, asked of the database."""
