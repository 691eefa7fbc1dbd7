"""What a run has seen, in numbers; and whether what was acknowledged is there."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rounds.models import Answer

FAULTS = ("500", "502", "503", "504")


@dataclass(frozen=True)
class Saved:
    """A save that was acknowledged: a text that stands nowhere else, and what it was written over.

    version is the one that the writer had before them.
    """

    answer: int
    version: int
    nonce: str


@dataclass
class Seen:
    """The requests of one kind: how each ended, and how long it took in seconds."""

    ends: Counter = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)

    def add(self, end: str, took: float) -> None:
        self.ends[end] += 1
        self.took.append(took)

    @property
    def asked(self) -> int:
        return sum(self.ends.values())

    def percentile(self, hundredths: int) -> float:
        """The seconds that so many in 100 did not exceed; 0 where nothing was asked."""
        found = sorted(self.took)
        return found[math.ceil(len(found) * hundredths / 100) - 1] if found else 0.0


def lost(saves: Iterable[Saved]) -> list[str]:
    """What was acknowledged and is not there, a line each.

    Each save must stand in the history as the version that follows the one it was written over.
    Two that follow the same version: the later has put out of sight what its writer never saw.
    What is in the section now must be what was saved last.
    """
    saves = list(saves)
    texts = Answer.history.filter(id__in={save.answer for save in saves}).order_by("history_id")
    versions: dict[int, list[tuple[int, str]]] = {}
    for answer, version, text in texts.values_list("id", "version", "text"):
        versions.setdefault(answer, []).append((version, text))
    found = []
    for save in saves:
        of_answer = versions.get(save.answer, [])
        stands = [at for at, (_, text) in enumerate(of_answer) if save.nonce in text]
        if not stands:
            found.append(f"{save.nonce}: answered as saved, and never written")
        elif _written_over(of_answer, stands[0]):
            found.append(f"{save.nonce}: written over by a save that had not seen it")
        elif of_answer[stands[0]][0] != save.version + 1:
            found.append(f"{save.nonce}: saved over a version that its writer had not seen")
    current = Answer.objects.filter(pk__in=versions).values_list("pk", "text")
    found += [
        f"section {pk}: shows another text than was saved last"
        for pk, text in current
        if text != versions[pk][-1][1]
    ]
    return found


def _written_over(of_answer: Sequence[tuple[int, str]], at: int) -> bool:
    return any(version <= of_answer[at][0] for version, _ in of_answer[at + 1 :])
