"""What this floor shows: reads for pages and API, each starting at what the viewer may see."""
