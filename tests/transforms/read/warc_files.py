"""WARC files for tests, made of fictional pages."""

import gzip

PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    "<p>The council of Ostervik met on Monday to vote on the new ferry, which had waited for nine years.</p>"
    "<p>{more}</p></article></body></html>"
)
URL = "https://news.example/ferry/{}"


def page(number: int = 0, more: str = "Nobody spoke against it, and the vote took four minutes.") -> bytes:
    return PAGE.format(title=f"Ferry number {number} is coming", more=more).encode()


def record(type: str, block: bytes, *, number: int = 0, newline: bytes = b"\r\n", **fields: str | None) -> bytes:
    """A record; ``fields`` (``content_type="text/plain"``) replace what it would have, None leaves them out."""
    known = {
        "warc_type": type,
        "warc_date": f"2026-03-{number % 28 + 1:02d}T06:30:00Z",
        "warc_record_id": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        "warc_target_uri": URL.format(number),
        "content_type": {"response": "application/http; msgtype=response", "conversion": "text/plain"}.get(type),
        "content_length": str(len(block)),
    }
    known.update(fields)
    names = {"warc_record_id": "WARC-Record-ID", "warc_target_uri": "WARC-Target-URI"}
    lines = [b"WARC/1.0"]
    for key, value in known.items():
        name = names.get(key, key.replace("_", "-").title().replace("Warc", "WARC"))
        if value is not None:
            lines.append(f"{name}: {value}".encode())
    return newline.join([*lines, b"", b""]) + block + 2 * newline


def http(body: bytes, status: str = "HTTP/1.1 200 OK", newline: bytes = b"\r\n", **fields: str) -> bytes:
    """An HTTP response; of type text/html where ``content_type`` says nothing else."""
    lines = [
        status,
        *(f"{key.replace('_', '-').title()}: {v}" for key, v in {"content_type": "text/html", **fields}.items()),
    ]
    return newline.join([*(line.encode() for line in lines if not line.endswith(": None")), b"", b""]) + body


def response(number: int = 0, body: bytes | None = None, **fields: str) -> bytes:
    return record("response", http(page(number) if body is None else body, **fields), number=number)


def small_file(count: int = 6) -> list[bytes]:
    """A file's records: what the crawler says of it, then requests and responses in turn."""
    records = [
        record("warcinfo", b"software: a crawler\r\n", warc_target_uri=None, content_type="application/warc-fields")
    ]
    for number in range(1, count + 1):
        records.append(record("request", b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n", number=1000 + number))
        records.append(response(number))
    return records


def packed(records: list[bytes], level: int = 6) -> list[bytes]:
    return [gzip.compress(one, level, mtime=0) for one in records]
