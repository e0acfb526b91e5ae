"""What is built fast is what the dataclasses themselves make."""

from transforms.model import Fields, Place, Record
from transforms.read import InputFile, Slice
from transforms.read.build import NO_FIELDS, new_captured, new_file, new_place, new_record, new_slice


def test_the_same_as_by_the_class():
    place = new_place("a.txt", 1, None)
    assert place == Place("a.txt", 1, None) and hash(place) == hash(Place("a.txt", 1, None))
    fields = Fields(title="A title", authors=("A. Writer",))
    assert Fields() == NO_FIELDS
    assert new_captured("/a", None, "en") == Fields(url="/a", declared_language="en")
    made = new_record(place, b"raw", "text", "content", None, "7", fields)
    assert made == Record(place, b"raw", "text", "content", None, "7", fields)
    file = new_file("a.txt", "/a.txt", 7)
    assert file == InputFile("a.txt", "/a.txt", 7)
    assert new_slice(file, "text", "gzip") == Slice(file, "text", "gzip")
