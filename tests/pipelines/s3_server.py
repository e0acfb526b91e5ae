"""An S3 server on a free port of 127.0.0.1 (moto's), which ends when its standard input does.

    python -m tests.pipelines.s3_server

It prints its port.  ``PUT /-/fail?method=GET&status=503&after=2&count=3`` makes it answer so to requests to come:
the first two of that method as they are, the next three with the error; a count of -1 means all.
"""

from __future__ import annotations

import logging
import sys
import threading
from urllib.parse import parse_qs

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


class Failing:
    """The server, with failures on request."""

    def __init__(self, server):
        self._server, self._method, self._status, self._after, self._count = server, "", "", 0, 0

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/-/fail":
            wanted = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
            self._method, self._status = wanted["method"], wanted["status"]
            self._after, self._count = int(wanted["after"]), int(wanted["count"])
        elif environ["REQUEST_METHOD"] == self._method and self._count:
            self._after -= 1
            if self._after < 0:
                self._count -= 1
                start_response(f"{self._status} Failed", [("Content-Type", "application/xml")])
                return [b"<Error><Code>Failed</Code><Message>the test asked for it</Message></Error>"]
        else:
            return self._server(environ, start_response)
        if environ["PATH_INFO"] != "/-/fail":
            return self._server(environ, start_response)
        start_response("200 OK", [])
        return [b""]


def main() -> None:
    server = make_server("127.0.0.1", 0, Failing(DomainDispatcherApplication(create_backend_app)), threaded=True)
    logging.getLogger("werkzeug").disabled = True
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
