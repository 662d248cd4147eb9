"""JSON is read strictly: what is doubled, endless or not quite text is refused with a remedy."""

from __future__ import annotations

from typing import Any

import pytest

from pushaway.knowledge.reading import MEGABYTE, UnreadableJSONError, as_number, read_json

REFUSED = {
    "nothing": (b"", "it is empty"),
    "white space": (b" \n\t", "it is empty"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "it is empty"),
    "no JSON": (b"{'a': 1}", "line 1, column 2"),
    "a comma too many": (b'{"a": 1,\n"b": 2,}', "line 2"),
    "two documents": (b"1 2", "Extra data"),
    "a raw line break in a string": (b'"a\nb"', "control character"),
    "half a document": (b'{"a": [1, 2', "not JSON"),
    "Latin-1": (b'"caf\xe9"', "byte 5 is not UTF-8"),
    "UTF-16": ('"a"'.encode("utf-16"), "byte 1 is not UTF-8"),
    "an encoded surrogate": (b'"\xed\xa0\xbd"', "byte 2 is not UTF-8"),
    "NaN": (b"[NaN]", "NaN is not a JSON number"),
    "Infinity": (b"[Infinity]", "Infinity is not a JSON number"),
    "-Infinity": (b"[-Infinity]", "-Infinity is not a JSON number"),
    "a number beyond a double": (b"[1e999]", "1e999 is too large"),
    "a negative number beyond a double": (b"[-1e999]", "-1e999 is too large"),
    "an integer of 301 digits": (b"1" * 301, "is too large"),
    "a key twice": (b'{"a": 1, "b": 2, "a": 1}', "the key `a` is given twice"),
    "a key twice, once escaped": (b'{"a": 1, "\\u0061": 1}', "the key `a` is given twice"),
    "a key twice, deep inside": (b'[{"x": [{"a": 1, "a": 2}]}]', "the key `a` is given twice"),
    "half a surrogate pair": (b'"\\ud83d"', "half of a surrogate pair"),
    "half a surrogate pair in a key": (b'{"\\ude00": 1}', "half of a surrogate pair"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_strict_json_is_refused_with_a_remedy(name: str) -> None:
    data, wrong = REFUSED[name]
    with pytest.raises(UnreadableJSONError) as caught:
        read_json(data)
    error = caught.value
    assert wrong in error.wrong
    assert error.remedy
    assert str(error) == f"{error.wrong}. {error.remedy}"


@pytest.mark.parametrize("data", [b"[" * 5_000_000, b'{"a":' * 1_000_000, b"[" * 5000 + b"]" * 5000])
def test_endless_brackets_are_refused_without_a_crash(data: bytes) -> None:
    with pytest.raises(UnreadableJSONError, match="nested too deeply"):
        read_json(data, 16 * MEGABYTE)


def test_a_file_may_be_as_large_as_the_limit_and_no_larger() -> None:
    fits = b'"' + b"a" * (MEGABYTE - 2) + b'"'
    assert len(read_json(fits)) == MEGABYTE - 2
    with pytest.raises(UnreadableJSONError, match="larger than 1 MiB"):
        read_json(fits + b" ")
    assert len(read_json(fits + b" ", 2 * MEGABYTE)) == MEGABYTE - 2


def test_a_refusal_quotes_no_more_than_a_line_and_nothing_that_steers_a_terminal() -> None:
    key = b'"\\u001b[31m' + b"k" * 10_000 + b'"'
    for data in (b"{" + key + b":1," + key + b":2}", b"9" * 100_000, b"9" * 100_000 + b".5"):
        with pytest.raises(UnreadableJSONError) as caught:
            read_json(data)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\xef\xbb\xbf{}", {}),
        (b' [1, "a", null, true] \r\n', [1, "a", None, True]),
        ('{"é": "\N{GRINNING FACE}"}'.encode(), {"é": "\N{GRINNING FACE}"}),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'{"a": {"a": 1}}', {"a": {"a": 1}}),
        (b"[" * 5 + b"]" * 5, [[[[[]]]]]),
    ],
    ids=["byte order mark", "white space around", "UTF-8", "both surrogates", "a key in two objects", "some depth"],
)
def test_what_is_strict_json_is_read(data: bytes, value: Any) -> None:
    assert read_json(data) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.0", 1),
        ("-1.0", -1),
        ("1e2", 100),
        ("-0.0", 0),
        ("0.6", 0.6),
        ("1e-7", 1e-7),
        ("1e308", 1e308),
        ("9007199254740991.0", 9007199254740991),
        ("9007199254740992.0", 9007199254740992.0),
    ],
)
def test_a_whole_number_is_an_integer_however_it_is_written(text: str, number: float) -> None:
    (read,) = read_json(f"[{text}]".encode())
    assert read == number
    assert type(read) is type(number)
    assert str(read) == str(number)


def test_huge_integers_stay_exact() -> None:
    assert read_json(b"9" * 300) == 10**300 - 1
    assert read_json(b"-" + b"9" * 299) == -(10**299 - 1)


def test_as_number_tells_what_is_beyond_a_double() -> None:
    with pytest.raises(OverflowError):
        as_number("1e309")
