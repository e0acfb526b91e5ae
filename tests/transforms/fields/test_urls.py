"""Addresses: the examples of the data file, idempotence, and registered domains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fields.data import load_yaml
from transforms.fields.urls import canonical_url, registered_domain

DATA = load_yaml("urls.yaml")


@pytest.mark.parametrize(("url", "canonical"), DATA["examples"])
def test_canonical_url(url, canonical):
    assert canonical_url(url) == canonical


@pytest.mark.parametrize("name", DATA["tracking"] + [p + "x" for p in DATA["tracking_prefixes"]])
def test_tracking_parameters_go(name):
    assert canonical_url(f"https://www.example.com/a?{name}=1&id=2") == "https://www.example.com/a?id=2"


@pytest.mark.parametrize("name", ["id", "p", "page", "article", "q", "v", "lang", "story_id"])
def test_other_parameters_stay(name):
    assert canonical_url(f"https://www.example.com/a?{name}=1") == f"https://www.example.com/a?{name}=1"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.news.example.co.uk/a", "example.co.uk"),
        ("https://example.com", "example.com"),
        ("http://user@example.com:8080/a", "example.com"),
        ("news.example.com.br", "example.com.br"),
        ("https://sample.blogspot.com/2024/a.html", "sample.blogspot.com"),
        ("https://bücher.example/a", "xn--bcher-kva.example"),
        ("http://192.0.2.7/a", "192.0.2.7"),
        ("http://[2001:db8::1]/a", "2001:db8::1"),
        ("http://localhost/a", None),
        ("https://co.uk/", None),
        ("https://[broken/", None),
        ("", None),
    ],
)
def test_registered_domain(url, domain):
    assert registered_domain(url) == domain


_SCHEMES = st.sampled_from(["http://", "https://", "HTTPS://", "http://u:p@"])
_HOSTS = st.sampled_from(
    [
        "example.com",
        "m.example.com",
        "amp.m.example.co.uk",
        "WWW.Example.com:443",
        "bücher.example",
        "www.google.com",
        "a-com.cdn.ampproject.org",
        "1.2.3.4",
        "[::1]",
        "m.com",
    ]
)
_SEGMENTS = [
    "/", "amp", "a", "b.html", "index.html", "..", ".", "s", "c", "m.example.com", "%7e", "%C3", "%zz", "é",
    ";jsessionid=1", ".amp", "story.amp.html", "amp.html",
]  # fmt: skip
_PATHS = st.lists(st.sampled_from([*_SEGMENTS, " "]), max_size=8).map(lambda parts: "/" + "/".join(parts))
_QUERIES = st.lists(
    st.sampled_from(["a=1", "b", "utm_source=x", "amp=1", "amp", "", "é=ü", "%zz=1", "a=2", "view=print"]), max_size=5
)


@given(_SCHEMES, _HOSTS, _PATHS, _QUERIES)
def test_canonical_url_is_idempotent(scheme, host, path, query):
    canonical = canonical_url(f"{scheme}{host}{path}?{'&'.join(query)}#part")
    assert canonical is None or canonical_url(canonical) == canonical


@given(st.text(max_size=60))
def test_any_text_is_survived(text):
    for url in (text, "https://" + text, "https://www.example.com/" + text):
        canonical = canonical_url(url)
        assert canonical is None or (canonical.isascii() and canonical_url(canonical) == canonical)
        registered_domain(url)
