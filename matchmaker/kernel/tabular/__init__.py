"""Record files: JSONL, JSON, CSV, TSV and XLSX in, JSONL, CSV and XLSX out.

``read_rows(path)`` (or ``read_rows(content, name="teams.csv")``) gives ``(line, record)`` pairs in
file order. Everything that is wrong is collected and raised at the end as one ``BadTable``, whose
``problems`` name file, line, column and reason; so take the whole list before using a row.

- Encodings: UTF-8 with or without BOM, UTF-16 with BOM, Big5 (CP950). A file that is none of
  these for certain is refused; nothing is guessed into wrong characters.
- CSV and TSV: the delimiter (comma, tab, semicolon, vertical bar) is taken from the header line.
  Values are text; an empty cell is an empty text. Blank lines are skipped.
- XLSX: the first sheet, or the one named. Numbers, dates and truth values keep their type; an
  empty cell is an empty text. Formulas and error values are refused by cell.
- JSON: a list of objects. JSONL: one object a line. Keys twice in an object are refused.
- NUL and lone surrogates are refused everywhere, as are files beyond ``Limits``.

The flat form of challenges and teams in a table (``nested`` turns it into records):

=====================  ============================================================
column                 becomes
=====================  ============================================================
``id``                 ``id``
``title_zh title_en``  ``title: {"zh_TW": …, "en": …}``, likewise every ``…_zh``/``…_en``
``title``              ``title`` as plain text
``technologies``       a list, when named in ``lists``; split at ``;`` or ``；``
``project_1_title_zh`` ``projects[0].title.zh_TW``; also plain ``project_1_title``
``projects``           a JSON list in one cell, instead of the numbered columns
=====================  ============================================================
"""

from matchmaker.kernel.tabular.encoding import decode
from matchmaker.kernel.tabular.nesting import nested
from matchmaker.kernel.tabular.problems import BadTable, Findings, Limits, Problem
from matchmaker.kernel.tabular.reading import SUFFIXES, read_rows
from matchmaker.kernel.tabular.writing import WRITERS, guarded, replacing, write_rows

__all__ = [
    "SUFFIXES",
    "WRITERS",
    "BadTable",
    "Findings",
    "Limits",
    "Problem",
    "decode",
    "guarded",
    "nested",
    "read_rows",
    "replacing",
    "write_rows",
]
