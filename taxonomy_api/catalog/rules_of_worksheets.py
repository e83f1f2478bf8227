"""Rules of filled workbooks (`taxonomy-api intake import`)."""

from __future__ import annotations

from taxonomy_api.catalog.rule_info import RuleInfo, error

WORKSHEETS: tuple[RuleInfo, ...] = (
    error(
        "worksheet-columns",
        "A sheet or column of the workbook is missing",
        "Rows are read by the titles of their columns, in the first row of each sheet.",
        "Restore the title, or export the workbook anew and copy the rows into it.",
    ),
    error(
        "worksheet-cell",
        "A cell holds something else than text",
        "A spreadsheet program turns 4.10 into 4.1 and 1-2 into a date, and shows the result of a formula as "
        "if it were written there. None of these says for certain what was meant.",
        "Format the cell as text and type the value again.",
    ),
    error(
        "worksheet-locked",
        "A cell was changed that is not edited in the workbook",
        "Some things have no place in a row: how groups are nested, codes of rows, what a group is. Such "
        "cells are shown to be read.",
        "Restore the cell, and make the change in the file with an editor.",
    ),
    error(
        "worksheet-place",
        "A row does not say where it belongs, or its place is taken or gone",
        "A new criterion goes where its activity and path lead: green for the class, green.any for an "
        "alternative of it.",
        "Correct activity, kind and path.",
    ),
    error(
        "worksheet-conflict",
        "A value changed in the workbook and in the files",
        "The files changed after the workbook was made. Which of the two is right is for a person to say; "
        "nothing is overwritten.",
        "Export the workbook again, and enter the change in the new one.",
    ),
)
