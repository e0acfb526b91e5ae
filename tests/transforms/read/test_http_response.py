"""Heads of HTTP responses; bodies are tested as records of WARC."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.read.http_response import parse_response

NAMES = st.sampled_from(["Content-Type", "content-type", "CONTENT-ENCODING", "Transfer-Encoding", "Server", "X-A"])
VALUES = st.text(" a;=/:\t", max_size=6)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6), st.sampled_from(["\r\n", "\n"]))
def test_regular_heads_say_what_the_same_with_an_odd_line_do(fields, newline):
    lines = [f"{name}:{value}" for name, value in fields]
    regular = newline.join(["HTTP/1.1 200 OK", *lines, "", ""]).replace("\n\n", "\n\r\n").encode()
    odd = regular.replace(b"200 OK" + newline.encode(), b"200 OK" + newline.encode() + b"x_y: 1" + newline.encode())
    found, expected = parse_response(regular + b"body", 0), parse_response(odd + b"body", 0)
    assert (found.status, found.headers) == (expected.status, expected.headers) == (200, found.headers)
    assert regular[found.body :] == odd[expected.body :] == b""


@pytest.mark.parametrize(
    ("head", "status", "content_type"),
    [
        (b"HTTP/1.0 404\r\nContent-Type: text/html\r\n\r\n", 404, b"text/html"),
        (b"http/2 200 \r\nContent-Type:\r\n text/html\r\n\r\n", 200, b"text/html"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n", 200, b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Type:\r\n\r\n", 200, b""),
        (b"HTTP/1.1 2000 OK\r\nContent-Type: a\r\n\r\n", None, None),
        (b"<html>", None, None),
    ],
)
def test_heads(head, status, content_type):
    found = parse_response(b"before" + head + b"<p>", 6)
    assert (found.status, found.headers.get(b"content-type")) == (status, content_type)
    assert found.body == (6 + len(head) if status else 6)
