"""Finding what a course says about a question: words, passages, the database's full-text search, and ranking."""
