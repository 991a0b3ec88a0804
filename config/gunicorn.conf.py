"""Gunicorn for one machine of two cores; GUNICORN_CMD_ARGS changes any of it."""

import multiprocessing

workers = max(2, min(4, multiprocessing.cpu_count()))
worker_class = "gthread"
threads = 4
timeout = 120
graceful_timeout = 20
keepalive = 15
max_requests = 20000
max_requests_jitter = 2000
worker_tmp_dir = "/dev/shm" if __import__("os").path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
