"""`/api/instructor/courses/{course}/…`: what an instructor reads and does, for their own courses."""
