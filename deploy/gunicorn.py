"""Pages and API: a few processes with threads, each with a pool of connections to PostgreSQL."""

import os

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
# As many connections as threads, so that no thread waits for another's.
os.environ.setdefault("DATABASE_POOL", str(threads))
timeout = 30
graceful_timeout = 20
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 4_094
limit_request_fields = 60
limit_request_field_size = 8_190
# Cairn writes a line for each request itself, with its id and without its address.
accesslog = None
errorlog = "-"
# Nobody steers it while it runs: signals are enough, and a read-only file system has no place for a socket.
control_socket_disable = True
# What a proxy says about the client is read by Cairn, from as many proxies as TRUSTED_PROXIES names.
forwarded_allow_ips = ""
