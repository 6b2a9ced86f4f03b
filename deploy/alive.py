"""Exit with 0 when the web process of this machine answers: for health checks of containers and units."""

import os
import sys
from http.client import HTTPConnection

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
connection = HTTPConnection("127.0.0.1", int(bind.rpartition(":")[2]), timeout=3)
connection.request("GET", "/health/live/", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0]})
sys.exit(connection.getresponse().status != 200)
