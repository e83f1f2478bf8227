"""Makes the fingerprints of the official texts that the data files were read against.

    python -m pip install pymupdf        # no dependency of the project
    python -m tests.data.make_fingerprints FOLDER

reads the two official PDFs and the Commission's Compass data in the folder of dossiers and writes
tests/data/record/fingerprints/. tests/catalog/test_own_words.py looks for their sentences in the data files.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from tests.data.fingerprints import CHARACTERS, WORDS, write
from tests.data.make_eu_compass_2021 import plain
from tests.data.make_extracts import COMPASS, strings

CHINESE = {
    "cn-yinfa-2025-132-catalogue": "cn-green-finance-2025/official-catalogue-2025.pdf",
    "cn-gigc-2019-explanation": "cn-green-bond-2021/official-explanation-2019.pdf",
}
ENGLISH = "eu-2021-2139-oj"


def text_of_pdf(path: Path) -> str:
    """The text cell by cell, page numbers left out so that sentences run on over pages."""
    pages = [page.get_text().strip() for page in importlib.import_module("pymupdf").open(path)]
    return "\n".join(page.removeprefix(str(number)) for number, page in enumerate(pages, 1))


def main(folder: Path) -> None:
    for document, path in CHINESE.items():
        write(document, CHARACTERS.kept(text_of_pdf(folder / path)))
    compass = json.loads((folder / COMPASS).read_text(encoding="utf-8"))
    kept: set[bytes] = set()
    for text in strings(compass):
        kept |= WORDS.kept(plain(text))
    write(ENGLISH, kept)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
