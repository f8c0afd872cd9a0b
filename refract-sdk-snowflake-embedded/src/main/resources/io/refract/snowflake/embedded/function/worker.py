"""Runs one Python function of the embedded Snowflake.

The Java side starts this file with the settings of one function as JSON on the first line of stdin,
then sends one batch of rows per line and reads one answer per line. Cells travel as text, the way
DuckDB casts the SQL type to VARCHAR; None is NULL. Whatever the function prints goes to stderr. The
process ends when stdin does, also when the Java process was killed in the middle of a batch.
"""

import datetime
import decimal
import json
import math
import os
import queue
import sys
import threading
import traceback
import types

# Only this copy of stdout carries answers; prints of the function, of C code too, go to stderr.
_answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)
_requests = queue.Queue()


def _read_requests():
    try:
        for line in sys.stdin:
            _requests.put(line)
    finally:
        os._exit(0)


def _answer(message):
    _answers.write(json.dumps(message, ensure_ascii=True) + "\n")
    _answers.flush()


# --- the module that Snowflake offers to handlers ---


def _vectorized(input=None, max_batch_size=None, flatten_object_input=None):
    if flatten_object_input:
        raise NotImplementedError("flatten_object_input is not covered by the embedded Snowflake")

    def mark(function):
        function._sf_vectorized_input = input
        if max_batch_size is not None:
            function._sf_max_batch_size = max_batch_size
        return function

    return mark


def _udf_init_once(function):
    return function


def _install_snowflake_module():
    module = types.ModuleType("_snowflake")
    module.vectorized = _vectorized
    module.udf_init_once = _udf_init_once
    sys.modules["_snowflake"] = module


# --- SQL text to Python ---


def _fraction(text):
    return int((text + "000000")[:6]) if text else 0


def _time(text):
    clock, _, fraction = text.partition(".")
    hour, minute, second = clock.split(":")
    return datetime.time(int(hour), int(minute), int(second), _fraction(fraction))


def _naive(text):
    day, _, clock = text.partition(" ")
    return datetime.datetime.combine(datetime.date.fromisoformat(day), _time(clock or "00:00:00"))


def _aware(text):
    at = max(text.rfind("+"), text.rfind("-"))
    if at < 11:
        return _naive(text).replace(tzinfo=datetime.timezone.utc)
    sign = -1 if text[at] == "-" else 1
    parts = [int(part) for part in text[at + 1 :].split(":")]
    offset = datetime.timedelta(hours=parts[0], minutes=parts[1] if len(parts) > 1 else 0)
    return _naive(text[:at]).replace(tzinfo=datetime.timezone(sign * offset))


def _boolean(text):
    return text == "true"


_DECODERS = {
    "INTEGER": int,
    "DECIMAL": decimal.Decimal,
    "FLOAT": float,
    "VARCHAR": str,
    "BOOLEAN": _boolean,
    "DATE": datetime.date.fromisoformat,
    "TIME": _time,
    "TIMESTAMP_NTZ": _naive,
    "TIMESTAMP_LTZ": _aware,
    "TIMESTAMP_TZ": _aware,
    "BINARY": bytes.fromhex,
    "JSON": json.loads,
}


# --- Python to SQL text ---


def _is_missing(value):
    """None, and pandas' markers of a missing value."""
    if value is None:
        return True
    name = type(value).__name__
    return name in ("NAType", "NaTType")


def _plain(value):
    """numpy scalars become Python's own."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        return value.item()
    return value


def _wrong(value, sql_type):
    return TypeError(
        "the handler returned a value of type %s, which is no %s" % (type(value).__name__, sql_type)
    )


def _encode_number(value):
    value = _plain(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, float) and math.isfinite(value):
        return format(decimal.Decimal(repr(value)), "f")
    raise _wrong(value, "NUMBER")


def _encode_float(value):
    value = _plain(value)
    if isinstance(value, (int, float, decimal.Decimal)):
        return repr(float(value))
    raise _wrong(value, "FLOAT")


def _encode_text(value):
    if isinstance(value, str):
        return str(value)
    raise _wrong(value, "VARCHAR")


def _encode_boolean(value):
    value = _plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    raise _wrong(value, "BOOLEAN")


def _encode_date(value):
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise _wrong(value, "DATE")


def _encode_time(value):
    if isinstance(value, datetime.timedelta):
        value = (datetime.datetime.min + value).time()
    if isinstance(value, datetime.time):
        return value.replace(tzinfo=None).isoformat()
    raise _wrong(value, "TIME")


def _as_datetime(value, sql_type):
    if isinstance(value, datetime.datetime):
        return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    raise _wrong(value, sql_type)


def _encode_ntz(value):
    value = _as_datetime(value, "TIMESTAMP_NTZ")
    if value.tzinfo is not None:
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return value.isoformat(sep=" ")


def _encode_tz(value):
    value = _as_datetime(value, "TIMESTAMP_TZ")
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    return value.isoformat(sep=" ")


def _encode_binary(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    raise _wrong(value, "BINARY")


def _json_value(value):
    value = _plain(value)
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex().upper()
    if isinstance(value, (set, tuple)):
        return list(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    raise TypeError("a value of type %s cannot become a VARIANT" % type(value).__name__)


def _encode_json(value):
    value = _json_value(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_json_value)


def _encode_array(value):
    value = _json_value(value)
    if not isinstance(value, list):
        raise _wrong(value, "ARRAY")
    return _encode_json(value)


def _encode_object(value):
    if not isinstance(value, dict):
        raise _wrong(value, "OBJECT")
    return _encode_json(value)


_ENCODERS = {
    "INTEGER": _encode_number,
    "DECIMAL": _encode_number,
    "FLOAT": _encode_float,
    "VARCHAR": _encode_text,
    "BOOLEAN": _encode_boolean,
    "DATE": _encode_date,
    "TIME": _encode_time,
    "TIMESTAMP_NTZ": _encode_ntz,
    "TIMESTAMP_LTZ": _encode_tz,
    "TIMESTAMP_TZ": _encode_tz,
    "BINARY": _encode_binary,
    "VARIANT": _encode_json,
    "OBJECT": _encode_object,
    "ARRAY": _encode_array,
}


def _decoder(sql_type):
    return _DECODERS["JSON" if sql_type in ("VARIANT", "OBJECT", "ARRAY") else sql_type]


# --- the two kinds of handlers ---


class _Scalar:
    def __init__(self, handler, arguments, returns):
        self._handler = handler
        self._decoders = [_decoder(argument["type"]) for argument in arguments]
        self._encode = _ENCODERS[returns["type"]]

    def run(self, rows, columns):
        decoded = [
            [None if cell is None else decode(cell) for cell in column]
            for decode, column in zip(self._decoders, columns)
        ]
        arguments = zip(*decoded) if decoded else [()] * rows
        answers = []
        for row in arguments:
            value = self._handler(*row)
            answers.append(None if _is_missing(value) else self._encode(value))
        return answers


class _Vectorized:
    def __init__(self, handler, arguments, returns):
        import pandas

        self._pandas = pandas
        self._handler = handler
        self._arguments = arguments
        self._returns = returns["type"]
        self._encode = _ENCODERS[returns["type"]]
        self._limit = getattr(handler, "_sf_max_batch_size", None)

    def run(self, rows, columns):
        step = self._limit or rows or 1
        answers = []
        for start in range(0, rows, step):
            count = min(step, rows - start)
            answers.extend(self._batch(count, [c[start : start + count] for c in columns]))
        return answers

    def _batch(self, rows, columns):
        pandas = self._pandas
        frame = pandas.DataFrame(
            {
                index: self._series(argument, column)
                for index, (argument, column) in enumerate(zip(self._arguments, columns))
            },
            index=pandas.RangeIndex(rows),
        )
        answer = self._handler(frame)
        if isinstance(answer, pandas.DataFrame):
            if answer.shape[1] != 1:
                raise TypeError(
                    "a vectorized handler returns one column, this one returned %d" % answer.shape[1]
                )
            answer = answer.iloc[:, 0]
        if not hasattr(answer, "__len__") or isinstance(answer, (str, bytes, dict)):
            raise TypeError(
                "a vectorized handler returns a Series, an array or a list, not %s"
                % type(answer).__name__
            )
        if len(answer) != rows:
            raise ValueError(
                "a vectorized handler returns one value per row: %d rows in, %d values out"
                % (rows, len(answer))
            )
        values = answer.tolist() if hasattr(answer, "tolist") else list(answer)
        return [None if self._missing(value) else self._encode(value) for value in values]

    def _missing(self, value):
        # In pandas NaN stands for a missing value, as in Snowflake's vectorized functions.
        return _is_missing(value) or (isinstance(value, float) and math.isnan(value))

    def _series(self, argument, column):
        pandas = self._pandas
        kind = argument["type"]
        decode = _decoder(kind)
        values = [None if cell is None else decode(cell) for cell in column]
        if kind == "VARCHAR":
            return pandas.Series(values, dtype="string")
        if kind == "FLOAT":
            return pandas.Series(
                [math.nan if value is None else value for value in values], dtype="float64"
            )
        if kind == "BOOLEAN":
            return pandas.Series(values, dtype="boolean")
        if kind == "INTEGER":
            if all(value is None or -(2**63) <= value < 2**63 for value in values):
                digits = argument.get("precision", 38)
                return pandas.Series(
                    values, dtype="Int16" if digits <= 4 else "Int32" if digits <= 9 else "Int64"
                )
            values = [None if value is None else decimal.Decimal(value) for value in values]
        if kind in ("DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"):
            return pandas.to_datetime(pandas.Series(values, dtype="object"), utc=kind in (
                "TIMESTAMP_LTZ", "TIMESTAMP_TZ"))
        if kind == "TIME":
            return pandas.to_timedelta(
                pandas.Series([None if value is None else value.isoformat() for value in values])
            )
        return pandas.Series(values, dtype="object")


def _without_null_rows(run, rows, columns):
    """STRICT: a row with a NULL argument gives NULL and never reaches the handler."""
    kept = [row for row in range(rows) if all(column[row] is not None for column in columns)]
    if len(kept) == rows:
        return run(rows, columns)
    answers = [None] * rows
    if kept:
        values = run(len(kept), [[column[row] for row in kept] for column in columns])
        for row, value in zip(kept, values):
            answers[row] = value
    return answers


def _trace(error):
    """The traceback without the frames of this file."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__]
    lines = ["Traceback (most recent call last):\n"] if own else []
    lines += traceback.format_list(own)
    lines += traceback.format_exception_only(type(error), error)
    return "".join(lines).rstrip("\n")


def _load(settings):
    import importlib

    _install_snowflake_module()
    directory = settings["imports"]
    archives = [
        os.path.join(directory, name)
        for name in sorted(os.listdir(directory))
        if name.endswith((".zip", ".whl"))
    ]
    # What the function imports comes before the installed packages, as in Snowflake.
    sys.path[:0] = [settings["code"], directory] + archives
    module_name, _, function_name = settings["handler"].rpartition(".")
    module = importlib.import_module(module_name)
    handler = getattr(module, function_name, None)
    if handler is None:
        raise AttributeError("module '%s' has no attribute '%s'" % (module_name, function_name))
    if not callable(handler):
        raise TypeError("the handler '%s' cannot be called" % settings["handler"])
    vectorized = getattr(handler, "_sf_vectorized_input", None) is not None
    kind = _Vectorized if vectorized else _Scalar
    return kind(handler, settings["arguments"], settings["returns"]).run


def main():
    settings = json.loads(sys.stdin.readline())
    threading.Thread(target=_read_requests, daemon=True).start()
    try:
        run = _load(settings)
    except BaseException as error:
        _answer({"error": _trace(error)})
        return
    _answer({"ready": True})
    strict = settings["strict"]
    while True:
        request = json.loads(_requests.get())
        rows, columns = request["rows"], request["columns"]
        try:
            if strict and columns:
                answers = _without_null_rows(run, rows, columns)
            else:
                answers = run(rows, columns)
            _answer({"values": answers})
        except BaseException as error:
            _answer({"error": _trace(error)})


if __name__ == "__main__":
    main()
