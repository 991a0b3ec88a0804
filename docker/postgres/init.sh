#!/bin/sh
# Roles and databases of a portal, made once on an empty server (the postgres image runs it as the superuser).
# Needs CKAN_DB_PASSWORD and DATASTORE_RO_PASSWORD; psql's own variables say which server.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
    --set=ckan="$CKAN_DB_PASSWORD" --set=reader="$DATASTORE_RO_PASSWORD" <<'SQL'
CREATE ROLE ckan LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'ckan';
CREATE ROLE datastore_ro LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'reader';
CREATE DATABASE ckan OWNER ckan TEMPLATE template0 ENCODING 'UTF8';
CREATE DATABASE datastore OWNER ckan TEMPLATE template0 ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE ckan FROM PUBLIC;
GRANT CONNECT ON DATABASE ckan TO ckan;
SQL
