# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Settings of gunicorn, which serves trytond.application:app."""

import os

bind = os.environ.get('HAZARD_BIND', '0.0.0.0:8000')
# Processes use the cores, threads wait for the database meanwhile.
workers = int(os.environ.get('HAZARD_WORKERS') or os.cpu_count() or 1)
worker_class = 'gthread'
threads = int(os.environ.get('HAZARD_THREADS') or 4)
# LibreOffice must never hold all of them.
os.environ.setdefault(
    'TRYTOND_HAZARD_REPORT__CONVERSIONS', str(max(threads // 2, 1)))
# A request may take as long as its database timeout, and a bit more.
timeout = 90
graceful_timeout = 30
keepalive = 75
# Python never gives memory back: begin anew now and then, not all at once.
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = '/dev/shm'
control_socket_disable = True
accesslog = None
errorlog = '-'
# trytond must open its connections in each process.
preload_app = False
