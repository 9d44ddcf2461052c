"""JSON without the `json` package is the JSON of that package."""

from __future__ import annotations

import json
import sys
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.lean import json_encoder
from yoi_relations.lean.json_encoder import json_text

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


class Word(StrEnum):
    ONE = "one"


def packaged(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(VALUES.filter(lambda value: "inf" not in str(value)))
def test_output_equals_that_of_the_json_package(value: object) -> None:
    assert json_text(value) == packaged(value)


def test_enums_are_text_and_tuples_are_lists() -> None:
    assert json_text({"word": Word.ONE, "pair": (1, Word.ONE)}) == '{"word":"one","pair":[1,"one"]}'


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_unknown_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        json_text([value])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_number_that_json_lacks_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text(value)


def test_interpreter_without_the_encoder_uses_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value = {"a": [1, None, True, "\N{SNOWMAN}\u2028"]}
    monkeypatch.setitem(sys.modules, "_json", None)

    encode = json_encoder._encoder()  # noqa: SLF001  # chosen once, when the module is imported

    assert "".join(encode(value, 0)) == packaged(value) == json_text(value)
