#!/bin/sh
# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
#
# Run once by the image of PostgreSQL: the server is no superuser.

set -eu
psql -X -v ON_ERROR_STOP=1 -U postgres -d postgres \
    -v password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE hazard LOGIN CREATEDB PASSWORD :'password';
SQL
