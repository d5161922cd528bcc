"""Arrow arrays from buffers: equal to what `pyarrow.array` makes, without importing pandas."""

import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.storage import arrow

STORABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1))
FLOATS = st.one_of(st.none(), st.floats(allow_nan=False))
INNER = pa.struct([("name", pa.string()), ("score", pa.float64()), ("sure", pa.bool_())])
KINDS = {
    pa.string(): STORABLE,
    pa.binary(): st.binary(max_size=20),
    pa.bool_(): st.booleans(),
    pa.int32(): NUMBERS,
    pa.int64(): NUMBERS,
    pa.float64(): FLOATS,
    pa.list_(pa.string()): st.lists(STORABLE, max_size=4),
    pa.list_(pa.field("element", pa.string(), nullable=False)): st.lists(STORABLE, max_size=4),
    pa.list_(INNER): st.lists(st.fixed_dictionaries({"name": STORABLE, "score": FLOATS, "sure": st.booleans()})),
}


@pytest.mark.parametrize("kind", KINDS, ids=str)
@given(data=st.data())
def test_arrays_are_those_of_arrow_itself(kind, data):
    values = data.draw(st.lists(KINDS[kind], max_size=20))
    made = arrow.array(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, kind))
    assert made.null_count == pa.array(values, kind).null_count


def test_a_table_has_the_columns_of_its_schema_in_order():
    schema = pa.schema([("b", pa.string()), ("a", pa.int32())], metadata={"k": "v"})
    rows = [{"a": 1, "b": "x"}, {"a": None, "b": "y"}]
    assert arrow.table(rows, schema).equals(pa.Table.from_pylist(rows, schema=schema), check_metadata=True)


def test_types_without_a_builder_are_refused():
    with pytest.raises(TypeError, match="date32"):
        arrow.array([1], pa.date32())


def test_pandas_is_not_imported():
    code = (
        "import sys, pyarrow as pa\nfrom burnish.storage import arrow\n"
        "arrow.array([['a']], pa.list_(pa.string()))\nprint('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
