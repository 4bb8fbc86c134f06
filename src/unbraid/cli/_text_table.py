"""Tables of plain text on a terminal of any width: columns that have no room stand below, never letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from unbraid.core.printable import printable

GAP = 1  # characters between columns, on either side
WIDE = 28  # characters, beyond which a column of text is broken between words


class TextTable:
    """A table of plain text, brackets included, in as many blocks of columns as the width needs.

    A column is never narrower than its longest word. Rows that have nothing in a further block are left out of it.

    Args:
        headings: of the columns.
        rows: their cells.
        right: headings of the columns that are aligned to the right.
        title: above the table.
        keys: how many columns stand in every block.
    """

    def __init__(
        self,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        right: Sequence[str] = (),
        title: str | None = None,
        keys: int = 1,
    ) -> None:
        self.headings = [printable(heading) for heading in headings]
        self.rows = [[printable(str(cell)) for cell in row] for row in rows]
        self.right, self.title, self.keys = [printable(heading) for heading in right], title, keys
        self.show_header = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table]:
        """The blocks, for the width there is."""
        for number, block in enumerate(self.blocks(options.max_width)):
            yield self._table(block, options.max_width, further=number > 0)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, options.max_width)

    def blocks(self, width: int) -> list[list[int]]:
        """Which columns stand side by side in so many characters; one beside the keys at least."""
        keys = list(range(min(self.keys, len(self.headings))))
        room = width + 2 * GAP - sum(2 * GAP + self._needed(column) for column in keys)
        blocks, left = [list(keys)], room
        for column in range(len(keys), len(self.headings)):
            needed = 2 * GAP + self._needed(column)
            if needed > left and len(blocks[-1]) > len(keys):
                blocks.append(list(keys))
                left = room
            blocks[-1].append(column)
            left -= needed
        return blocks

    def _cells(self, column: int) -> list[str]:
        return [self.headings[column], *(row[column] for row in self.rows)]

    def _needed(self, column: int) -> int:
        """Characters that a column must have to be read with ease."""
        return min(max(map(len, self._cells(column))), max(WIDE, self._longest_word(column)))

    def _longest_word(self, column: int) -> int:
        return max((len(word) for cell in self._cells(column) for word in cell.split()), default=0)

    def _table(self, block: Sequence[int], width: int, further: bool) -> Table:
        title = None if self.title is None or further else Text(printable(self.title))
        table = Table(box=None, pad_edge=False, padding=(0, GAP), title=title, title_justify="left")
        table.show_header = self.show_header
        room = width - sum(2 * GAP + self._needed(column) for column in block[:-1])
        for column in block:
            needed, longest = self._needed(column), max(map(len, self._cells(column)))
            if column == block[-1]:
                needed = min(needed, max(room, self._longest_word(column)))
            table.add_column(
                Text(self.headings[column]),
                justify="right" if self.headings[column] in self.right else "left",
                overflow="fold",
                no_wrap=longest <= needed,
                min_width=needed,
            )
        for row in self.rows:
            if not further or any(row[column] for column in block[self.keys :]):
                table.add_row(*(Text(row[column]) for column in block))
        return table
