"""An atlas as data: one JSON document, and Parquet where pyarrow is installed; and back."""

from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import msgspec

from lawful.reports.atlas.rows import Row
from lawful.verify.encoding import decode, encode, restore
from lawful.verify.errors import Unanswerable

NAME = "atlas.json"


@dataclass(frozen=True)
class Atlas:
    """What was found.

    Attributes:
        rows: one an answer, in the order of the plan.
        versions: of what verdicts depend on: lawful, torch, Python …
        pending: how many questions have no answer yet.
    """

    rows: list[Row]
    versions: dict[str, str] = field(default_factory=dict)
    pending: int = 0

    @classmethod
    def opened(cls, path: str | Path) -> Self:
        """The atlas of a folder, or of the document in one.

        Raises:
            Unanswerable: it cannot be read, or is none.
        """
        place = Path(path) / NAME if Path(path).is_dir() else Path(path)
        try:
            return restore(cls, decode(place.read_bytes()))
        except OSError as error:
            raise Unanswerable(f"the atlas {str(path)!r} cannot be read: {error.strerror}.") from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Unanswerable(f"{str(path)!r} is not an atlas: {error}.") from error

    def save(self, folder: Path) -> list[str]:
        """Writes it in all forms; what could not be written, and why."""
        document = msgspec.json.format(encode(self), indent=1) + b"\n"
        (folder / NAME).write_bytes(document)
        if find_spec("pyarrow") is None:
            return ["no Parquet, for pyarrow is not installed: pip install 'lawful[atlas]'"]
        self._parquet(folder / "atlas.parquet")
        return []

    def _parquet(self, path: Path) -> None:
        import pyarrow
        import pyarrow.parquet

        numbers = {"worst", "seconds"}
        fields = [(n, pyarrow.float64() if n in numbers else pyarrow.string()) for n in Row.__annotations__]
        rows = [{**asdict(row), "verdict": str(row.verdict)} for row in self.rows]
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, pyarrow.schema(fields)), path)


def is_atlas(path: str | Path) -> bool:
    """Whether an atlas is there: its folder, or a document with rows."""
    place = Path(path) / NAME if Path(path).is_dir() else Path(path)
    if not place.is_file():
        return False
    with place.open("rb") as file:
        return b'"rows"' in file.read(64)
