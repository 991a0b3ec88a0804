"""Either side's site for gunicorn: the settings file is named by CKAN_INI."""

import os

import wire

application = wire.application(os.environ["CKAN_INI"])
