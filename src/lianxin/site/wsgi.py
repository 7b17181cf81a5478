"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.site.settings")
application = get_wsgi_application()

from lianxin.people.names import sound  # noqa: E402

sound("张")  # reads the table of sounds now, so that the first search does not wait for it

gc.freeze()  # what is loaded by now stays: no collection looks through it again
