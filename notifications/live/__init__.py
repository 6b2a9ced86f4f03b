"""Live streams: the bell that wakes them, the hub that looks, the words on the wire."""
