"""How the demo's film is made: drawn on a canvas, encoded by the browser, packed here. The film is in `media/`."""
