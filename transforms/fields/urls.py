"""Addresses of pages: one canonical form for all the ways to write it, and the domain that somebody registered.

The canonical form is meant for telling pages apart and for opening them.  Beyond RFC 3986 (section 6.2.2) it follows
what news sites do: AMP and telephone twins, tracking parameters and a slash at the end make no other page.  The
parameters and twins stand in ``urls.yaml``.
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from transforms.fields.data import load_yaml

MAX_CHARS = 4096

_AMP_CACHE = re.compile(r"/(?:[civr]/)?(s/)?([^/?#]+\.[^/?#]+)(/.*)?$")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/:@!$&'()*+,;=~%-._"
_QUERY_SAFE = _PATH_SAFE + "?"
_HOST_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_PORTS = {"http": 80, "https": 443}


class _Rules(NamedTuple):
    """``urls.yaml`` in the form that the functions need; see there."""

    tracking: frozenset[str]
    prefixes: tuple[str, ...]
    variants: dict[str, str | list[str]]
    twin_labels: frozenset[str]
    last_segments: frozenset[str]
    first_segments: frozenset[str]
    index_pages: frozenset[str]


def canonical_url(url: str) -> str | None:
    """The canonical form of a page's absolute address, or None where ``url`` is none (http and https only).

    Lower-case scheme and host (IDNA 2008 with UTS 46 mapping, in ASCII), no user, default port, fragment, tracking
    parameter, session id, empty query or slash at the end; parameters sorted by name; dot segments resolved; percent
    codes in capitals and only where they are needed; AMP and telephone twins as the page they are made of
    (``m.example.com`` becomes ``www.example.com``).  The scheme stays.  Applied twice it gives the same again.
    """
    for _ in range(5):  # an address in an AMP cache may be another one's, or its unwrapped path a twin again
        canonical = _canonical_once(url)
        if canonical is None or canonical == url:
            return canonical
        url = canonical
    return None


def registered_domain(url: str) -> str | None:
    """The domain that somebody registered (public suffix and one label) of an address or host name.

    ``https://www.news.example.co.uk/a`` gives ``example.co.uk``; blog hosts of the public suffix list's private part
    are suffixes too.  An IP address stands for itself; None where there is no such domain (``localhost``).
    """
    host = _host_of(url)
    return _registered_domain_of_host(host) if host else None


def _host_of(url: str) -> str | None:
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    return _ascii_host(host) if host else None


@lru_cache(maxsize=65536)
def _registered_domain_of_host(host: str) -> str | None:
    if host.startswith("[") or host.replace(".", "").isdigit():
        return host.strip("[]")
    return _suffixes().privatesuffix(host)


def _canonical_once(url: str) -> str | None:
    url = url.strip("\x00\x09\x0a\x0b\x0c\x0d\x20\x85\xa0\ufeff")
    if len(url) > MAX_CHARS or url[:4].lower() != "http":
        return None
    try:
        parts = urlsplit(url)
        scheme, hostname, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        return None
    host = _ascii_host(hostname) if hostname and scheme in _PORTS else None
    if host is None:
        return None
    inner = _inside_amp_cache(host, parts)
    if inner:
        return inner
    twin = _desktop_host(host)
    netloc = twin if port is None or port == _PORTS[scheme] else f"{twin}:{port}"
    query = _canonical_query(parts.query) if parts.query else ""
    return f"{scheme}://{netloc}{_canonical_path(parts.path)}{'?' + query if query else ''}"


@lru_cache(maxsize=65536)
def _ascii_host(host: str) -> str | None:
    """The host in lower-case ASCII, brackets around an IPv6 address; None where no host can be called so."""
    host = host.rstrip(".").lower()
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            return None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    labels = host.split(".")
    if len(host) > 253 or not all(_HOST_LABEL.match(label) for label in labels):
        return None
    if labels[-1].isdigit():
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            return None
    return host


def _inside_amp_cache(host: str, parts: SplitResult) -> str | None:
    """The address that an AMP cache's one wraps, or None."""
    path = parts.path
    if host.endswith((".cdn.ampproject.org", ".ampproject.net")):
        match = _AMP_CACHE.match(path)
    elif host.startswith(("www.google.", "google.")) and path.startswith("/amp/"):
        match = _AMP_CACHE.match(path[4:])
    else:
        return None
    if not match:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{'https' if match[1] else 'http'}://{match[2]}{match[3] or '/'}{query}"


@lru_cache(maxsize=65536)
def _desktop_host(host: str) -> str:
    labels = host.split(".")
    twins = _rules().twin_labels
    if len(labels) < 3 or not twins.intersection(labels[:-2]):
        return host
    domain = _suffixes().privatesuffix(host)
    if domain is None:
        return host
    below = host[: -len(domain)].rstrip(".").split(".")
    kept = [label for label in below if label not in twins]
    if len(kept) == len(below):
        return host
    return ".".join([*(kept or ["www"]), domain])


def _canonical_path(path: str) -> str:
    if path in ("", "/"):
        return "/"
    rules = _rules()
    segments: list[str] = []
    for segment in _encode(path, _PATH_SAFE).split("/")[1:]:
        segment = segment.partition(";jsessionid=")[0]
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    while segments and (
        not segments[-1] or segments[-1].lower() in rules.last_segments or segments[-1].lower() in rules.index_pages
    ):
        del segments[-1]
    if len(segments) > 1 and segments[0].lower() in rules.first_segments:
        del segments[0]
    if segments:
        segments[-1] = re.sub(r"(?i)\.amp(?=\.html?$|$)", "", segments[-1])
    return "/" + "/".join(segments)


def _canonical_query(query: str) -> str:
    rules = _rules()
    kept = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        plain = name.lower()
        if not pair or plain in rules.tracking or plain.startswith(rules.prefixes):
            continue
        values = rules.variants.get(plain)
        if values == "*" or (values and value.lower() in values):
            continue
        kept.append((_encode(name, _QUERY_SAFE), equals + _encode(value, _QUERY_SAFE)))
    kept.sort(key=lambda pair: pair[0])
    return "&".join(name + value for name, value in kept)


def _encode(text: str, safe: str) -> str:
    """``text`` with percent codes in capitals, none for unreserved characters, one for all that may not stand bare."""
    if "%" in text:
        text = _PERCENT.sub(lambda m: c if (c := chr(int(m[0][1:], 16))) in _UNRESERVED else m[0].upper(), text)
        text = re.sub(r"%(?![0-9A-F]{2})", "%25", text)
    return quote(text, safe=safe, errors="replace")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _rules() -> _Rules:
    data = load_yaml("urls.yaml")
    return _Rules(
        tracking=frozenset(data["tracking"]),
        prefixes=tuple(data["tracking_prefixes"]),
        variants=data["variants"],
        twin_labels=frozenset(data["twin_labels"]),
        last_segments=frozenset(data["twin_last_segments"]),
        first_segments=frozenset(data["twin_first_segments"]),
        index_pages=frozenset(data["index_pages"]),
    )
