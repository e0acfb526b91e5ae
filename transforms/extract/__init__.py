"""Extract the article from a page of HTML: main text, fields and where each field came from.

``extract_article`` works in this process; ``Extractor`` does the same in a child process that can be killed,
for pages that nobody has looked at.  Neither imports Beam.
"""

from __future__ import annotations

from transforms.extract.options import ExtractOptions
from transforms.extract.process import Extractor, ExtractorUnavailable
from transforms.model import Article

__all__ = ["ExtractOptions", "Extractor", "ExtractorUnavailable", "extract_article"]


def extract_article(
    html: str | bytes,
    url: str | None = None,
    *,
    charset: str | None = None,
    options: ExtractOptions = ExtractOptions(),  # noqa: B008 - frozen
) -> Article:
    """Extract main text and fields from a page of HTML, in this process.

    Args:
        html: the page; bytes are decoded by ``transforms.extract.charset.decode_page``.
        url: where the page was found; helps to tell which structured data is the page's own.
        charset: the encoding that HTTP or the container declares, for bytes.
        options: limits; those of time and memory are for ``Extractor`` alone.

    Raises:
        Rejection: ``extract/limit``, ``extract/empty``, ``bad-encoding``; ``extract/error`` for any other failure.
    """
    # trafilatura takes half a second to import: a process that only holds an Extractor does without.
    from transforms.extract.article import extract_page

    return extract_page(html, url, charset, options)
