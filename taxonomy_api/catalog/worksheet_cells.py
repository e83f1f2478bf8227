"""A criterion or activity as cells, and cells back into it: the two directions of one table.

Everything works on plain data: text, lists and dicts as they stand in YAML. What `read_cells` leaves out
stands under `more`, and `write_cells` never touches it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taxonomy_api.catalog.read_tests import LIMIT_OPERATORS, OPERATORS
from taxonomy_api.catalog.terms import LANGUAGES
from taxonomy_api.catalog.worksheet_model import (
    CITING,
    EVIDENCE,
    NAME,
    NOTE,
    NOTES,
    SCOPE,
    STATEMENT,
    WINDOW,
)
from taxonomy_api.catalog.yaml_patch import Plain, flow

GROUPS = ("all", "any", "not", "at_least_of", "first_that_applies", "cases", "rows")
LEAVES = ("fact", "standard", "attest", "meets", "not_on_file")
#: What a criterion may be that has no keys: a plain word, or the id of a shared criterion.
WORDS = ("none", "listing", "not_on_file", "shared")
#: Between several values of one cell.
BAR = " | "
CLOSED = "closed"

_CRITERION = ("id", *WINDOW, "class until", *NOTE, *CITING)
#: Which columns speak in a row of each kind.
SPEAKING: Mapping[str, tuple[str, ...]] = {
    "fact": ("subject", "operator", "value", "unit", "from", *_CRITERION),
    "standard": ("subject", "operator", "value", "where covered", *_CRITERION),
    "attest": (*STATEMENT, *EVIDENCE, *_CRITERION),
    "meets": ("subject", "value", *_CRITERION),
    "not_on_file": _CRITERION,
    **dict.fromkeys(("all", "any", "not", "first_that_applies", "rows"), _CRITERION),
    "at_least_of": ("value", *_CRITERION),
    "cases": ("subject", "operator", "value", *_CRITERION),
    "row": (*STATEMENT, *NOTE, *CITING),
    "step": ("from", "value", "unit"),
    "shared": ("subject",),
    "none": (),
    "listing": (),
}
#: Keys of a row of an item that are not those of its demands.
ROW_KEYS = ("name", "gbt4754", "marks", "codes_are_examples", "source", "status", "note")
#: Where a new key goes.
_CRITERION_ORDER = (
    *("until", "id", *LEAVES, "reaches", *sorted(OPERATORS - {"reaches"}), "input", "evidence"),
    *("where_covered", "applies_if", "open", "applies", "contribution", "name", "source", "status"),
    *("note", *GROUPS),
)
_ACTIVITY_ORDER = (
    *("code", "parent", "name", "translated", "code_status", "aliases", "industry", "industry_derived"),
    *("scope", "status", "source", "contribution", "tags", "objective", "notes"),
    *("green", "transition", "excluded", "dnsh"),
)
_LANGUAGE_OF = {
    column: language
    for columns in (STATEMENT, EVIDENCE, NAME, SCOPE, NOTE, NOTES)
    for column, language in zip(columns, LANGUAGES, strict=True)
}


def kind_of(criterion: Plain) -> str:
    """The kind of a criterion; `shared` for the id of a shared one."""
    if isinstance(criterion, str):
        return criterion if criterion in WORDS and criterion != "shared" else "shared"
    kinds = [kind for kind in (*LEAVES, *GROUPS) if kind in criterion]
    return kinds[0] if len(kinds) == 1 else ""


# --- Cells of a criterion ------------------------------------------------------------------------


def read_cells(criterion: Plain, kind: str) -> dict[str, str]:
    """The cells of a criterion, without those that are told beside it."""
    if isinstance(criterion, str):
        return {"kind": kind, **({"subject": criterion} if kind == "shared" else {})}
    if not isinstance(criterion, dict):
        return {"kind": kind}
    cells = {"kind": kind}
    told = set[str]()
    if kind == "row":
        cells |= _texts(criterion.get("name"), STATEMENT)
        told |= {"name", *(key for key in criterion if key not in ROW_KEYS)}
    else:
        cells |= _kind_cells(criterion, kind)
        cells["id"] = _word(criterion.get("id"))
        cells["class until"] = _word(criterion.get("until"))
        told |= {"id", "until", "applies_if", *_keys_of(kind)}
        for window in ("open", "applies"):
            days = criterion.get(window)
            if isinstance(days, dict) and not cells.get("window"):
                ends = {f"window {end}": _word(days.get(end)) for end in ("from", "until")}
                cells |= {"window": window, **ends}
                told.add(window)
    if kind != "not_on_file":
        cells |= _citing(criterion)
        told.add("source")
    cells["status"] = _word(criterion.get("status"))
    cells |= _texts(criterion.get("note"), NOTE)
    told |= {"status", "note"}
    rest: dict[str, Plain] = {key: entry for key, entry in criterion.items() if key not in told}
    cells["more"] = flow(rest)[1:-1] if rest else ""
    return {column: text for column, text in cells.items() if text}


def _keys_of(kind: str) -> Sequence[str]:
    also = {
        "fact": OPERATORS,
        "standard": ("reaches", "where_covered"),
        "attest": ("evidence",),
        "meets": ("input",),
    }
    return (kind, *also.get(kind, ()))


def _kind_cells(criterion: Mapping[str, Plain], kind: str) -> dict[str, str]:
    entry = criterion.get(kind)
    if kind == "fact":
        operator = next((key for key in criterion if key in OPERATORS), "")
        return {
            "subject": _word(entry),
            "operator": operator,
            **_first_step(criterion.get(operator), operator),
        }
    if kind == "standard":
        level = _word(criterion.get("reaches"))
        covered = _word(criterion.get("where_covered"))
        reaching = {"operator": "reaches" if level else "", "value": level}
        return {"subject": _word(entry), **reaching, "where covered": covered}
    if kind == "attest":
        return {**_texts(entry, STATEMENT), **_texts(criterion.get("evidence"), EVIDENCE)}
    if kind == "meets":
        return {"subject": _word(entry), "value": _word(criterion.get("input"))}
    if kind == "not_on_file" and isinstance(entry, dict):
        return {"document": _word(entry.get("document")), "locator": _word(entry.get("clause"))}
    if kind == "at_least_of" and isinstance(entry, dict):
        return {"value": _word(entry.get("count"))}
    if kind == "cases" and isinstance(entry, dict):
        otherwise = entry.get("else")
        said = otherwise if otherwise in ("not_met", "unknown") else ""
        return {"subject": _word(entry.get("by")), "operator": "else" if said else "", "value": _word(said)}
    return {}


def _citing(criterion: Mapping[str, Plain]) -> dict[str, str]:
    source = criterion.get("source")
    if isinstance(source, list) and len(source) == 2:
        return {"document": _word(source[0]), "locator": _word(source[1])}
    return {}


def _word(entry: Plain | None) -> str:
    return entry if isinstance(entry, str) else ""


def _texts(entry: Plain | None, columns: Sequence[str]) -> dict[str, str]:
    if isinstance(entry, str):
        return {columns[0]: entry}
    if isinstance(entry, dict):
        return {column: _word(entry.get(_LANGUAGE_OF[column])) for column in columns}
    return {}


# --- Limits and other values ---------------------------------------------------------------------


def steps_of(criterion: Mapping[str, Plain]) -> list[tuple[str, Plain]]:
    """Day and value of each step of a fact's test; a value that always holds has an empty day."""
    entry = next((entry for key, entry in criterion.items() if key in OPERATORS), None)
    if entry is None:
        return []
    return list(entry.items()) if isinstance(entry, dict) else [("", entry)]


def _first_step(entry: Plain | None, operator: str) -> dict[str, str]:
    if isinstance(entry, dict):
        day, value = next(iter(entry.items()), ("", ""))
        return {"from": day, **value_cells(value, operator)}
    return value_cells(entry or "", operator)


def value_cells(value: Plain, operator: str) -> dict[str, str]:
    """Value and unit; several values stand in one cell, with a bar between them."""
    items = [_word(item) for item in value] if isinstance(value, list) else [_word(value)]
    if operator in LIMIT_OPERATORS and all(" " in item for item in items):
        parts = [item.partition(" ") for item in items]
        if len({unit for _, _, unit in parts}) == 1:
            return {"value": BAR.join(amount for amount, _, _ in parts), "unit": parts[0][2]}
    return {"value": BAR.join(items), "unit": ""}


def value_of(operator: str, value: str, unit: str) -> Plain:
    """The value of an operator from its cells."""
    parts = [part.strip() for part in value.split("|")]
    if operator in LIMIT_OPERATORS and value != CLOSED:
        parts = [f"{part} {unit}" if unit else part for part in parts]
    if value != CLOSED and (operator in ("one_of", "between") or len(parts) > 1):
        return list(parts)
    return parts[0]


def dated(steps: Sequence[tuple[str, Plain]]) -> Plain:
    """The value of an operator from its steps, by day; one step without a day always holds."""
    if len(steps) == 1 and not steps[0][0]:
        return steps[0][1]
    return dict(sorted(steps, key=lambda step: step[0]))


# --- Cells back into a criterion -----------------------------------------------------------------


def write_cells(criterion: dict[str, Plain], kind: str, cells: Mapping[str, str], columns: set[str]) -> None:
    """Puts the cells of `columns` into a criterion of this kind; the test of a fact is put by its steps."""
    if columns & set(CITING[:2]):
        _write_source(criterion, kind, cells)
    for column, key in (("status", "status"), ("id", "id"), ("class until", "until")):
        if column in columns:
            put(criterion, key, cells.get(column, ""))
    if columns & set(WINDOW):
        _write_window(criterion, cells)
    texts = {"name": STATEMENT} if kind == "row" else {"attest": STATEMENT, "evidence": EVIDENCE}
    for key, spoken in {**texts, "note": NOTE}.items():
        if columns & set(spoken):
            put_texts(criterion, key, cells, spoken)
    _write_kind(criterion, kind, cells, columns)


def _write_kind(criterion: dict[str, Plain], kind: str, cells: Mapping[str, str], columns: set[str]) -> None:
    """The cells that mean something else in every kind."""
    if kind in ("fact", "standard", "meets") and "subject" in columns:
        put(criterion, kind, cells.get("subject", ""), needed=True)
    if kind == "standard" and columns & {"operator", "value"}:
        put(criterion, "reaches", cells.get("value", ""))
    if kind == "standard" and "where covered" in columns:
        put(criterion, "where_covered", cells.get("where covered", ""))
    if kind == "meets" and "value" in columns:
        put(criterion, "input", cells.get("value", ""))
    entry = criterion.get(kind)
    if kind == "at_least_of" and "value" in columns and isinstance(entry, dict):
        put(entry, "count", cells.get("value", ""), needed=True)
    if kind == "cases" and isinstance(entry, dict):
        if "subject" in columns:
            put(entry, "by", cells.get("subject", ""), needed=True)
        if columns & {"operator", "value"} and not isinstance(entry.get("else"), dict):
            put(entry, "else", cells.get("value", ""))


def _write_source(criterion: dict[str, Plain], kind: str, cells: Mapping[str, str]) -> None:
    document, locator = cells.get("document", ""), cells.get("locator", "")
    if kind == "not_on_file":
        criterion[kind] = {"document": document, "clause": locator}
    elif document or locator:
        put_entry(criterion, "source", [document, locator])
    else:
        criterion.pop("source", None)


def _write_window(criterion: dict[str, Plain], cells: Mapping[str, str]) -> None:
    shown = next((window for window in ("open", "applies") if window in criterion), "")
    window = cells.get("window", "")
    if shown and shown != window:
        del criterion[shown]
    if window:
        ends = {end: cells.get(f"window {end}", "") for end in ("from", "until")}
        put_entry(criterion, window, {end: day for end, day in ends.items() if day})


def put(record: dict[str, Plain], key: str, text: str, needed: bool = False) -> None:
    """Sets or removes a word; one that is `needed` stays, empty, so that its absence is found."""
    if text or needed:
        put_entry(record, key, text)
    else:
        record.pop(key, None)


def put_entry(record: dict[str, Plain], key: str, entry: Plain) -> None:
    """Sets an entry; a new one stands where its kind stands in the record."""
    order = _ACTIVITY_ORDER if "code" in record else _CRITERION_ORDER
    if key in record or key not in order:
        record[key] = entry
        return
    entries, rank = list(record.items()), order.index(key)
    before = [place for place, (other, _) in enumerate(entries) if other in order[:rank]]
    entries.insert(max(before, default=-1) + 1, (key, entry))
    record.clear()
    record.update(entries)


def put_texts(record: dict[str, Plain], key: str, cells: Mapping[str, str], columns: Sequence[str]) -> None:
    """Sets a text in up to three languages; English alone stays plain where it was plain."""
    texts: dict[str, Plain] = {_LANGUAGE_OF[c]: cells[c] for c in columns if cells.get(c)}
    if not texts:
        record.pop(key, None)
    elif list(texts) == ["en"] and isinstance(record.get(key), str):
        put_entry(record, key, texts["en"])
    else:
        put_entry(record, key, texts)


# --- Activities ----------------------------------------------------------------------------------

_ACTIVITY_WORDS = ("code", "parent", "objective", "contribution", "status")
#: Keys of an activity that are shown nowhere: classes have rows of their own, the rest needs the editor.
_UNSHOWN = frozenset(
    ("green", "transition", "excluded", "dnsh", "aliases", "industry", "industry_derived", "tags")
)


def read_activity(activity: Mapping[str, Plain]) -> dict[str, str]:
    cells = {key: _word(activity.get(key)) for key in _ACTIVITY_WORDS}
    cells |= _texts(activity.get("name"), NAME) | _texts(activity.get("scope"), SCOPE) | _citing(activity)
    cells |= _read_notes(activity.get("notes"))
    translated = activity.get("translated")
    if isinstance(translated, list):
        cells["translated"] = ", ".join(map(_word, translated))
    told = {*_ACTIVITY_WORDS, "name", "scope", "notes", "source", "translated", *_UNSHOWN}
    rest: dict[str, Plain] = {key: entry for key, entry in activity.items() if key not in told}
    cells["more"] = flow(rest)[1:-1] if rest else ""
    return {column: text for column, text in cells.items() if text}


def write_activity(activity: dict[str, Plain], cells: Mapping[str, str], columns: set[str]) -> None:
    for key in _ACTIVITY_WORDS:
        if key in columns:
            put(activity, key, cells.get(key, ""), needed=key in ("code", "status"))
    for key, spoken in (("name", NAME), ("scope", SCOPE)):
        if columns & set(spoken):
            put_texts(activity, key, cells, spoken)
    if columns & set(NOTES):
        _write_notes(activity, cells)
    if columns & set(CITING[:2]):
        put_entry(activity, "source", [cells.get("document", ""), cells.get("locator", "")])
    if "translated" in columns:
        languages = [part.strip() for part in cells.get("translated", "").split(",") if part.strip()]
        if languages:
            put_entry(activity, "translated", list(languages))
        else:
            activity.pop("translated", None)


def has_bar(activity: Mapping[str, Plain]) -> bool:
    """Whether a note holds the sign that would part it from the next one in a cell."""
    notes = activity.get("notes")
    said = [_texts(note, NOTES) for note in notes] if isinstance(notes, list) else []
    return any(BAR.strip() in text for texts in said for text in texts.values())


def _read_notes(notes: Plain | None) -> dict[str, str]:
    """All notes of an activity in one cell of each language; where one lacks it, nothing stands between the
    bars."""
    said = [_texts(note, NOTES) for note in notes] if isinstance(notes, list) else []
    in_turn = {column: [texts.get(column, "") for texts in said] for column in NOTES}
    return {column: BAR.join(texts) for column, texts in in_turn.items() if any(texts)}


def _write_notes(activity: dict[str, Plain], cells: Mapping[str, str]) -> None:
    before = activity.get("notes")
    texts = {column: [part.strip() for part in cells.get(column, "").split("|")] for column in NOTES}
    made: list[Plain] = []
    for place in range(max(map(len, texts.values()))):
        said = {column: parts[place] for column, parts in texts.items() if place < len(parts)}
        record: dict[str, Plain] = {}
        if isinstance(before, list) and place < len(before):
            record["note"] = before[place]
        put_texts(record, "note", said, NOTES)
        made += record.values()
    if made:
        put_entry(activity, "notes", made)
    else:
        activity.pop("notes", None)
