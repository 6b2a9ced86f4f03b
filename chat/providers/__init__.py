"""Who writes an answer: the course's own words (`extractive`), or a language model that is given them."""
