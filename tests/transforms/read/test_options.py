"""Bad options are refused with the value and what is allowed."""

import pytest

from transforms.read import ReadOptions


@pytest.mark.parametrize(
    "options, message",
    [
        ({"format": "pdf"}, "format: 'pdf'; allowed: auto, text, html, jsonl"),
        ({"delimiter": ", "}, "delimiter: ', '; allowed: one ASCII character but a line break, or empty"),
        ({"delimiter": "\n"}, "delimiter: '.n'; allowed"),
        ({"delimiter": '"'}, "delimiter: '\"'; allowed: another character than quote"),
        ({"quote": "«"}, "quote: '«'; allowed: one ASCII character"),
        ({"columns": "text"}, "columns: 'text'; allowed: a list of names"),
        ({"json_path": None}, "json_path: None; allowed: a key or a dotted path"),
        ({"documents": "page"}, "documents: 'page'; allowed: file, line, separator"),
        ({"separator": ""}, "separator: ''; allowed: one line of text without blanks around it"),
        ({"separator": " -- "}, "separator: ' -- '"),
        ({"separator": "a\nb"}, "separator: 'a\\\\nb'"),
        ({"separator": "——", "charset": "latin-1"}, "separator: '——'; allowed: characters of charset latin-1"),
        ({"charset": "utf-9"}, "charset: 'utf-9'; allowed: a Python codec name"),
        ({"charset": "rot13"}, "charset: 'rot13'"),
        ({"charset": "cp500"}, "charset: 'cp500'"),
        ({"charset": "utf-7"}, "charset: 'utf-7'"),
        ({"charset": False}, "charset: False"),
        ({"max_record_bytes": 0}, "max_record_bytes: 0; allowed: a whole number, at least 1"),
        ({"max_ratio": 0}, "max_ratio: 0; allowed: a whole number, at least 1"),
        ({"max_record_bytes": "32M"}, "max_record_bytes: '32M'"),
        ({"reject_raw_bytes": -1}, "reject_raw_bytes: -1"),
        ({"reject_raw_bytes": True}, "reject_raw_bytes: True"),
        ({"fields": ["text"]}, "fields: \\['text'\\]; allowed: a mapping"),
        ({"fields": {"body": "text"}}, "fields.body: unknown; allowed: id, url, text, html, title, author, date"),
        ({"fields": {"text": False}}, "fields.text: False; allowed: a key, a dotted path, a list of such, or null"),
        ({"fields": {"text": []}}, "fields.text: \\[\\]"),
        ({"fields": {"text": ["a", ""]}}, "fields.text: \\['a', ''\\]"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        ReadOptions(**options)


@pytest.mark.parametrize("charset", ["", "utf-8", "UTF-8-SIG", "utf-16", "utf_32_be", "windows-1252", "gb18030"])
def test_charsets(charset):
    assert ReadOptions(charset=charset).charset == charset


def test_fields_not_named_keep_their_default():
    fields = ReadOptions(fields={"text": "body", "author": None}).fields
    assert (fields["text"], fields["author"], fields["title"]) == ("body", None, "title")
    assert ReadOptions(fields=fields).fields == fields
