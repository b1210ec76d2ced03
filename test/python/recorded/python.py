"""Records what Python does with values: `python3 test/python/recorded/python.py` writes the .json files beside it."""
import json
import operator
import pathlib

HERE = pathlib.Path(__file__).parent


def encode(value):
    """As JSON, with what JSON has not as an object with one name that starts with $."""
    if isinstance(value, float):
        return {"$float": repr(value)}
    if isinstance(value, tuple):
        return {"$tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"$dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return {"$int": str(value)}
    return value


def outcome(work, *args, **named):
    """The repr of what comes out, or the error's name and text."""
    try:
        return repr(work(*args, **named))
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"


def write(name, rows):
    lines = [json.dumps(row, separators=(",", ":")) for row in rows]
    (HERE / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


VALUES = [
    0, 1, -1, 7, -3, 2**53 - 1, 2**53, -(2**70), 0.0, -0.0, 0.5, 2.0, -2.5, 1e20, 1e-7, float("inf"), True, False,
    None, "", "a", "ab", "\ue000", "\U0001f600", [], [1], ["a", 2], (), (1,), (1, "a"), {}, {"a": 1}, {1: 2},
]
OPERATORS = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "floorDivide": operator.floordiv, "modulo": operator.mod, "power": operator.pow, "equals": operator.eq,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "contains": operator.contains,
    "itemOf": operator.getitem,
}


def is_left_out(name, one, other):
    """What would be too large, or complex, or depends on the C library's pow in the last digit."""
    if name not in ("multiply", "power"):
        return False
    if any(isinstance(value, int) and abs(value) > 1000 for value in (one, other)):
        return True
    return name == "power" and isinstance(other, float) and not other.is_integer() and other != 0.5 or \
        name == "power" and other == 0.5 and isinstance(one, (int, float)) and one < 0


def short(text, errors):
    """An error as its number in the list."""
    if "Error: " not in text:
        return text
    if text not in errors:
        errors.append(text)
    return errors.index(text)


def operators():
    errors = []
    rows = [[encode(value) for value in VALUES], errors]
    for name, work in OPERATORS.items():
        for one in VALUES:
            rows.append([name, [None if is_left_out(name, one, other) else
                                short(outcome(work, one, other), errors) for other in VALUES]])
    return rows


def texts():
    values = [
        *VALUES, 1e16, 1e15, 123456789012345678, 1.5e300, 5e-324, 0.1, 100.0, 1e22, float("nan"), float("-inf"),
        "it's", 'say "x"', "it's \"x\"", "a\nb\t\r\\", "\x00\x1f\x7f\x80\xa0\xad", "é ü", "\u200b\u2028\ufeff\u3000",
        "\U000e0001", "\U0010ffff", ["a", ("b",), {"c": [None, True]}], {"a b": "it's", 80: 1.0, True: 0, None: ""},
        [[[]]], ((),), -0.0,
    ]
    return [[encode(value), str(value), repr(value), bool(value), ascii(value)] for value in values]


def slices():
    rows = []
    ends = [None, 0, 1, -1, 3, -3, 9, -9]
    for value in ["", "abcde", "a\U0001f600cde", ["a", 1, None, True], (1, 2, 3)]:
        for step in [None, 1, 2, -1, -2, 0]:
            rows.append([encode(value), step, [
                outcome(lambda: value[slice(start, stop, step)]) for start in ends for stop in ends]])
    return rows


PERCENT = [
    ("%s", "a"), ("%s", 1), ("%s", [1, "a"]), ("%s", {"a": 1}), ("%s", None), ("%s", (1,)), ("%s %s", (1, "b")), ("%s", ()),
    ("%s %s", "a"), ("%s", (1, 2)), ("a", "b"), ("a", ["b"]), ("a", {"b": 1}), ("a", ()), ("%%", ()), ("%%", 1), ("100%", 1),
    ("%d", 5), ("%d", 3.7), ("%d", -3.7), ("%d", "5"), ("%d", True), ("%5d|", 42), ("%-5d|", 42), ("%05d", -42), ("%+d", 42),
    ("% d", 42), ("%.3d", 5), ("%5.3d", 5), ("%05.3d", 5), ("%x", 255), ("%X", 255), ("%#x", 255), ("%#X", 255), ("%o", 8),
    ("%#o", 8), ("%x", -255), ("%08x", 255), ("%#010x", 255), ("%x", 1.5), ("%i %u", (1, 2)), ("%f", 1), ("%f", 1.5),
    ("%.2f", 2.675), ("%.0f", 0.5), ("%.0f", 1.5), ("%.0f", 2.5), ("%#.0f", 2.5), ("%.1f", 0.25), ("%8.3f|", 3.14159),
    ("%-8.3f|", 3.14159), ("%08.3f", -3.14159), ("%+.1e", 12345.678), ("%e", 0), ("%e", 1e-10), ("%E", 1e100), ("%.0e", 15),
    ("%g", 1e5), ("%g", 1e6), ("%g", 123456789), ("%g", 0.0001), ("%g", 0.00001), ("%g", 100), ("%#g", 100), ("%.3g", 1234),
    ("%G", 1e-10), ("%g", 0), ("%f", float("inf")), ("%F", float("nan")), ("%05f", float("-inf")), ("%f", "a"), ("%f", None),
    ("%c", "a"), ("%c", 97), ("%c", 128512), ("%c", "ab"), ("%c", 1.5), ("%r", "a'b"), ("%a", "é"), ("%10s|", "é"),
    ("%-10s|", "ab"), ("%.2s", "abc"), ("%5.1s|", "abc"), ("%(a)s", {"a": 1}), ("%(a)s-%(b)05d", {"a": "x", "b": 7}),
    ("%(c)s", {"a": 1}), ("%(a)s", "x"), ("%(a)s", 1), ("%(a(b))s", {"a(b)": 1}), ("%(a", {"a": 1}), ("%*d", (5, 42)),
    ("%-*d|", (5, 42)), ("%*d|", (-5, 42)), ("%.*f", (2, 3.14159)), ("%*d", ("a", 1)), ("%y", 1), ("%", 1), ("%5", 1),
    ("%(a)%", {"a": 1}), ("%ld", 5), ("%d%%", 50), ("%s", "\U0001f600"), ("%3s|", "\U0001f600"), ("%d", 2**70), ("%x", 2**70),
    ("%.3f", 1e22), ("%.20f", 0.1), ("%s %(a)s", {"a": 1}), ("%f", 123456789.125), ("%.10g", 1234567890123.0), ("%+s", "a"),
    ("%.f", 2.7), ("%s is %d years", ("x", 3)), ("%.3e", 9.9996), ("%.15g", 0.1), ("%.17g", 0.1), ("%g", 1e-5), ("%g", 999999.5),
]
SPECS = [
    (42, ["d", "5", "<5", ">5", "^5", "=5", "05", "+", " ", "-", "+05", ",", "_", "x", "X", "#x", "#X", "o", "#o", "b", "#b",
          "#010b", "_b", "_x", "c", "e", ".2f", "g", "%", "n", "s", ".2", "*^7", "0<5", "0=5", "z", "5c", "+c", ",x", "08,", "y",
          "#c", ",c", "#d", "\U0001f600>5", "=+6", "+,", "<05"]),
    (1234567, [",", "_", "012,", "015,", "010_", "_x", "#_b", ",.1f", "015,.1f", ">15,", "*=15,", "n", ",n", ",e", ",%"]),
    (123, ["04,", "05,", "06,", "07,", "08,", "09,"]),
    (-42, ["05", "=6", "*=6", ",", "x", "#x", "e", "^9", " ", "c"]),
    (True, ["", "d", "5", "s", "x", ".1f", "<5"]), (2**70, [",", "x", ".3e", "n"]),
    (3.14159, ["", ".2f", "8.2f", "<8.2f", "08.2f", "+.1f", "e", ".3e", "E", "g", ".3g", "G", "%", ".1%", ".2", ".3", "10", "^10",
               "n", ",", ".0f", "#.0f", "d", "s", "x", "#.3g", "z.1f", "_", "*=+9.2f"]),
    (12.0, ["", ".1", ".2", ".3", "g", "#g", "d", "n", "5", "05"]), (0.0, ["", ".2", "g", "e", "%", ".0f", "#.3"]),
    (-0.0, ["", "z", ".1f", "z.1f", "+"]), (-0.01, ["z.1f", ".1f"]), (1e20, ["", "f", ".2", ",", "g", ",.2f"]), (1e-7, ["", ".2", "f", "g"]),
    (1234567.891, [",", ",.2f", "_.1f", "020,.2f", "020,.0f", ".2e", "012,", ",.3"]), (2.5, [".0f"]), (0.5, [".0f", ".0%", ".0e"]),
    (float("nan"), ["", "f", "F", "5", "05", ".2"]), (float("-inf"), ["", "f", "+", "08", "010f", ","]),
    ("abc", ["", "5", "<5", ">5", "^5", "^6", "*^7", ".2", "5.1", "s", "d", "+", "#", ",", "05", "=5", "<05", " ", "{<5", "_", "z",
             "5s", "\U0001f600^6", ".", "5.", "5x5", ",,", ",_", "é>4"]),
    ("\U0001f600b", ["4", ">4", ".1"]), (None, ["", "5", "s"]), ([1], ["", "5"]), ({"a": 1}, ["", "<5"]), ((1,), ["", "5"]),
]
FIELDS = [
    ("{}", [1], {}), ("{} {}", ["a", None], {}), ("{1} {0}", ["a", "b"], {}), ("{a}", [], {"a": 1.0}), ("{{}}", [], {}), ("{{{}}}", [1], {}),
    ("{0[1]}", [[1, 2]], {}), ("{0[a]}", [{"a": 1}], {}), ("{a[b]}", [], {"a": {"b": "c"}}), ("{0[0]}", [{0: "x"}], {}), ("{0[0]}", ["abc"], {}),
    ("{0[5]}", ["abc"], {}), ("{0[5]}", [[1]], {}), ("{0[x]}", [[1]], {}), ("{0[x]}", ["s"], {}), ("{0[x]}", [{}], {}), ("{0[-1]}", [[1]], {}), ("{0[0]}", [5], {}),
    ("{!r}", ["a'b"], {}), ("{!s:>5}", ["a"], {}), ("{!a}", ["é"], {}), ("{!x}", [1], {}), ("{!}", [1], {}), ("{!rr}", [1], {}), ("{:>{}}", ["a", 5], {}),
    ("{:{w}.{p}f}", [3.14159], {"w": 8, "p": 2}), ("{0:{1}}", ["a", "^5"], {}), ("{} {0}", [1], {}), ("{0} {}", [1], {}), ("{}", [], {}), ("{a}", [], {}),
    ("{", [], {}), ("}", [], {}), ("{0", [1], {}), ("{0[}", [1], {}), ("a}b", [], {}), ("{:{:{}}}", [1, 2, 3], {}), ("{0.a}", [1], {}), ("{:,}", [1234567], {}),
    ("{:05.1f}%", [99.5], {}), ("{0!r:^10}|", ["a"], {}), ("{a}{b}", [], {"a": 1, "b": True}), ("{:%Y}", ["x"], {}), ("{0[a][b]}", [{"a": {"b": [1, "c"]}}], {}),
    ("{0[]}", [[1]], {}), ("{0.}", [1], {}), ("{ }", [1], {}), ("{a b}", [], {"a b": 1}), ("{:}}", [1], {}), ("{0[a]b}", [{"a": 1}], {}), ("{:d}", ["a"], {}),
    ("{0:{0}}", [5], {}), ("{:<{w}}|", ["ab"], {"w": 6}), ("{0[{]}", [{"{": 1}], {}), ("{a!r}", [], {"a": [1, "x"]}), ("{2}", [1, 2], {}), ("{:x}", [255], {}),
]


def formats():
    rows = [["percent", text, encode(values), outcome(operator.mod, text, values)] for text, values in PERCENT]
    rows += [["format", encode(value), spec, outcome(format, value, spec)] for value, specs in SPECS for spec in specs]
    rows += [["fields", text, encode(args), encode(named), outcome(text.format, *args, **named)] for text, args, named in FIELDS]
    return rows


TEXTS = ["", "a", "Hello World", " \t a b  c \n", "a,b,,c", ",", "aXbXc", "ß ǆ İ", "ΑΣ", "é\U0001f600x", "123", "²", "Ⅷ", "\u0663",
         "line1\nline2\r\nline3\x0b\x1c\u2028end", "\n", "it's a DOG", "x_1", "+5", "a\tb\n\tc", "\xa0", "aaaa", "www.example.com"]
TEXT_CALLS = [(name, (), {}) for name in (
    "upper lower title capitalize swapcase casefold split rsplit splitlines strip lstrip rstrip isalpha isdigit isdecimal "
    "isnumeric isalnum isspace isupper islower istitle isidentifier isascii isprintable expandtabs").split()] + [
    ("split", (",",), {}), ("split", (",", 1), {}), ("split", (None, 1), {}), ("split", ("",), {}), ("split", (), {"maxsplit": 2}), ("split", (None, 0), {}),
    ("split", (1,), {}), ("rsplit", (",", 1), {}), ("rsplit", (None, 1), {}), ("rsplit", ("X",), {}), ("rsplit", ("aa", 1), {}), ("splitlines", (True,), {}),
    ("partition", (",",), {}), ("rpartition", (",",), {}), ("strip", ("a",), {}), ("lstrip", ("ah",), {}), ("rstrip", (" cx",), {}), ("strip", ("w.moc",), {}),
    ("find", ("a",), {}), ("find", ("x", 1), {}), ("find", ("", 1), {}), ("find", ("", 99), {}), ("find", ("b", -3), {}), ("rfind", ("a",), {}), ("rfind", ("a", 0, -1), {}),
    ("index", ("o",), {}), ("rindex", ("o",), {}), ("count", ("a",), {}), ("count", ("",), {}), ("count", ("aa",), {}), ("count", ("a", 1, 3), {}), ("count", ("", 99), {}),
    ("replace", ("a", "$&"), {}), ("replace", ("", "-"), {}), ("replace", ("a", "bb", 1), {}), ("replace", ("aa", "b"), {}), ("replace", ("", "-", 2), {}), ("replace", ("a", "", 0), {}),
    ("startswith", ("a",), {}), ("startswith", (("H", "w"),), {}), ("startswith", ("", 99), {}), ("startswith", ("b", 1), {}), ("startswith", ((),), {}), ("endswith", (("c", "d"),), {}),
    ("endswith", ("l", 0, 3), {}), ("startswith", (1,), {}), ("startswith", (["a"],), {}), ("join", (["a", "b"],), {}), ("join", ("abc",), {}), ("join", ([1],), {}), ("join", ({"a": 1},), {}),
    ("join", ([],), {}), ("center", (10,), {}), ("center", (11, "*"), {}), ("ljust", (10, "."), {}), ("rjust", (10,), {}), ("rjust", (10, "ab"), {}), ("zfill", (6,), {}),
    ("removeprefix", ("a",), {}), ("removesuffix", ("c",), {}), ("removesuffix", ("",), {}), ("expandtabs", (4,), {}), ("expandtabs", (0,), {}), ("expandtabs", (), {"tabsize": 2}),
]
COLLECTION_CALLS = [
    ([1, 2], "append", (3,)), ([1, 2], "append", ([3],)), ([1], "extend", ("ab",)), ([1], "extend", ((2, 3),)), ([1], "extend", ({"a": 1},)), ([1], "extend", (1,)),
    ([1, 2], "insert", (0, 9)), ([1, 2], "insert", (-1, 9)), ([1, 2], "insert", (99, 9)), ([1, 2], "insert", (-99, 9)), ([1, 2, 1], "remove", (1,)), ([1], "remove", ("1",)), ([1, 2], "pop", ()),
    ([1, 2], "pop", (0,)), ([1, 2], "pop", (-2,)), ([1], "pop", (5,)), ([], "pop", ()), ([1], "pop", ("a",)), ([1], "clear", ()), ([1, [2]], "copy", ()), ([1, 2, 1], "count", (1.0,)), ([True], "count", (1,)),
    ([1, 2, 1], "index", (1,)), ([1, 2, 1], "index", (1, 1)), ([1], "index", ("a",)), ([1, 2], "index", (2, -1)), ([3, 1, 2], "sort", ()), (["b", "a"], "sort", ()), ([1, "a"], "sort", ()), ([1, 2], "reverse", ()),
    ([[2, "x"], [1, "y"]], "sort", ()), ([1, True, 0], "sort", ()), ((1, 2, 1), "count", (1,)), ((1, 2), "index", (2,)), ((1,), "index", (5,)),
    ({"a": 1}, "get", ("a",)), ({"a": 1}, "get", ("b",)), ({"a": 1}, "get", ("b", 5)), ({80: 1}, "get", (80,)), ({80: 1}, "get", ("80",)), ({"a": 1}, "get", ([],)), ({"a": 1, 80: 2}, "keys", ()), ({"a": 1}, "values", ()),
    ({"b": 1, 5: "x"}, "items", ()), ({"a": 1}, "pop", ("a",)), ({"a": 1}, "pop", ("b",)), ({"a": 1}, "pop", ("b", None)), ({"a": 1, "b": 2}, "popitem", ()), ({}, "popitem", ()), ({"a": 1}, "setdefault", ("a", 5)),
    ({"a": 1}, "setdefault", ("b",)), ({"a": 1}, "setdefault", (80, [])), ({"a": 1}, "update", ({"a": 2, "b": 3},)), ({"a": 1}, "update", ([["c", 4], ("d", 5)],)), ({"a": 1}, "update", ({8: 1, "z": 2},)), ({"a": 1}, "update", ()),
    ({"a": 1}, "update", ([1],)), ({"a": 1}, "update", ([[1]],)), ({"a": 1}, "update", (["xy"],)), ({8: 1, "a": 2}, "update", ({8: 3},)), ({8: 1, "a": 2}, "copy", ()), ({"a": 1}, "clear", ()), ({"a": 1}, "fromkeys", (["x", 1], 0)),
    ({1: "a"}, "get", (True,)), ({"a": 1, "b": 2, "c": 3}, "pop", ("b",)), (5, "bit_length", ()), (-(2**70), "bit_length", ()), (0, "bit_length", ()), (True, "bit_length", ()), (1.5, "is_integer", ()), (2.0, "is_integer", ()),
]
INTS = ["12", " 12\n", "-5", "+7", "1_000", "_1", "1__0", "", " ", "0x1f", "0X1F", "0b11", "0o17", "ff", "zz", "1.5", "1e3", "0", "007", "9" * 30, "- 1", "0x", "12a"]
FLOATS = ["1.5", " 1.5 ", "1e3", "1E-3", "nan", "-inf", "Infinity", "+.5", "5.", ".", "1_0.5", "1__0", "", "abc", "1e", "0x10", "1e400", "-0", "1,5"]


def after(value, name, args):
    """What a method gives, and what its value is afterwards."""
    result = outcome(lambda: getattr(value, name)(*args))
    return [result, repr(value)]


def methods():
    errors = []
    rows = [TEXTS, errors]
    for name, args, named in TEXT_CALLS:
        rows.append([name, encode(list(args)), encode(named), [short(outcome(lambda: getattr(text, name)(*args, **named)), errors) for text in TEXTS]])
    return rows


def collections():
    return [[encode(value), name, encode(list(args)), *after(value, name, args)] for value, name, args in COLLECTION_CALLS]


def numbers():
    rows = [["int", text, base, outcome(int, text, base)] for text in INTS for base in (10, 16, 0, 36)]
    rows += [["int", encode(value), None, outcome(int, value)] for value in (1.9, -1.9, True, 1e20, float("nan"), float("inf"), None, [], 2**70)]
    rows += [["float", encode(value), None, outcome(float, value)] for value in (*FLOATS, 1, 1.5, True, 2**70, 2**2000, None, [])]
    return rows


if __name__ == "__main__":
    write("methods", methods())
    write("collections", collections())
    write("numbers", numbers())
    write("operators", operators())
    write("texts", texts())
    write("slices", slices())
    write("formats", formats())
