"""pydantic's errors in words for people who never heard of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WORDS: Final[Mapping[str, str]] = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such key",
    "string_type": "it has to be text, in quotes",
    "string_too_short": "it has to have {min_length} characters or more",
    "string_too_long": "it may have {max_length} characters at most",
    "too_short": "it has to have {min_length} or more, and has {actual_length}",
    "too_long": "it may have {max_length} at most, and has {actual_length}",
    "int_type": "it has to be a whole number",
    "int_parsing": "it has to be a whole number",
    "int_from_float": "it has to be a whole number",
    "float_type": "it has to be a number",
    "float_parsing": "it has to be a number",
    "finite_number": "it has to be a number",
    "greater_than_equal": "it has to be {ge:g} or more",
    "less_than_equal": "it has to be {le:g} or less",
    "literal_error": "it has to be {expected}",
    "path_type": "it has to be a path, in quotes",
    "date_type": "it has to be a date such as 2026-05-26, without quotes",
    "datetime_type": "it has to be a moment such as 2026-05-26T11:45:00Z, without quotes",
    "timezone_aware": "it has no timezone: end it with Z or an offset such as +02:00",
    "list_type": "it has to be a list",
    "tuple_type": "it has to be a list",
    "dict_type": "it has to be a group of keys and values",
    "model_type": "it has to be a group of keys and values",
    "value_error": "{error}",
}
"""By pydantic's name of the error; what is not here is said as pydantic says it."""


def in_plain_words(error: ErrorDetails) -> str:
    """What is wrong with one value, as half a sentence about it."""
    context: dict[str, Any] = error.get("ctx", {})
    words = _WORDS.get(error["type"])
    if words is None:
        return error["msg"][:1].lower() + error["msg"][1:]
    return words.format_map(context)
