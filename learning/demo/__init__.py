"""The demo: three courses written for it and the people in them. For trying out; never loaded by itself."""
