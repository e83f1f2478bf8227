"""From outcomes of criteria to verdicts (DESIGN §5.5), for many projects at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from taxonomy_api.assessment.evaluation import ON_FILE, Inputs, Pass
from taxonomy_api.assessment.masks import Masks, all_of
from taxonomy_api.assessment.program import Compiled, CompiledComposite, CompiledLeaf, Program, walk
from taxonomy_api.catalog.model import ClassName
from taxonomy_api.catalog.terms import STATUSES, Window

Verdict = Literal["aligned", "transition", "not_aligned", "excluded", "undetermined", "not_covered"]
#: The order of the verdict codes in columns.
VERDICTS: tuple[Verdict, ...] = (
    "undetermined",
    "aligned",
    "transition",
    "not_aligned",
    "excluded",
    "not_covered",
)


class Carried(Struct, frozen=True):
    """The substantial contribution of the class green as mappings infer it: who meets it, who fails it."""

    met: int = 0
    not_met: int = 0

    def onto(self, own: Masks) -> Masks:
        """What the activity's own criteria give, filled in where they are open; open where the two differ."""
        odds = self.met & self.not_met | own.surely_met & self.not_met | own.surely_not_met & self.met
        return Masks(own.met & ~self.not_met | odds, own.not_met & ~self.met | odds, own.left_out & ~odds)


class Decision(Struct, frozen=True):
    """The verdicts of a batch under one activity, as one mask per verdict.

    `classes`: the outcome of each class with everything it needs; `components`: outcomes of the
    parts, `substantial_contribution` being the class's own criteria (`green`; `transition` beside it) with
    what was `carried` there; `own` without.
    """

    walk: Pass
    classes: Mapping[str, Masks]
    components: Mapping[str, Masks]
    aligned: int
    transition: int
    not_aligned: int
    excluded: int
    at_least_transition: int
    assumed_not_excluded: int
    own: Masks
    carried: Carried

    @property
    def determined(self) -> int:
        return self.aligned | self.transition | self.not_aligned | self.excluded

    @property
    def may_be_excluded(self) -> int:
        return self.classes["excluded"].met

    @property
    def may_be_aligned(self) -> int:
        return self.classes["excluded"].not_met & self.classes["green"].met

    @property
    def undetermined(self) -> int:
        return self.walk.inputs.full & ~self.determined

    def mask(self, verdict: Verdict) -> int:
        if verdict == "undetermined":
            return self.undetermined
        if verdict == "not_covered":
            return 0
        return int(getattr(self, verdict))

    def verdict(self, row: int) -> Verdict:
        return next(verdict for verdict in VERDICTS if self.mask(verdict) >> row & 1)


NOTHING_CARRIED = Carried()


def decide(
    inputs: Inputs,
    *,
    floor: int = ON_FILE,
    confirmed_scope: bool = False,
    assume_not_excluded: bool = False,
    carried: Carried = NOTHING_CARRIED,
) -> Decision:
    """Evaluate every tree of the program and decide.

    `floor` and `confirmed_scope` as in `Pass`; `assume_not_excluded` counts as the caller's answer for
    exclusions whose text is on file.
    """
    program, full = inputs.program, inputs.full
    this = Pass(inputs, floor, confirmed_scope)
    needed = _components(program, this)
    own: dict[str, Masks] = {}
    classes: dict[str, Masks] = {}
    for name in ("green", "transition"):
        own[name] = class_outcome(program, this, name)
    own_green = own["green"]
    if carried is not NOTHING_CARRIED:
        own["green"] = carried.onto(own_green)
    for name in ("green", "transition"):
        classes[name] = all_of([own[name], *needed.values()], full)
    excluded = class_outcome(program, this, "excluded")
    assumed = 0
    if assume_not_excluded and "excluded" in program.parts:
        assumed = excluded.unknown & _on_file(program.parts["excluded"], full)
        excluded = Masks(excluded.met & ~assumed, excluded.not_met, excluded.left_out)
    classes["excluded"] = excluded
    if program.entry_rank > floor:  # the entry itself does not carry a verdict
        classes = {name: Masks(full, full, 0) for name in classes}
    shut_out, inside = classes["excluded"].surely_met, classes["excluded"].surely_not_met
    green, transition = classes["green"], classes["transition"]
    green_fails = inside & green.surely_not_met
    return Decision(
        walk=this,
        classes=classes,
        components={"substantial_contribution": own["green"], "transition": own["transition"], **needed},
        aligned=inside & green.surely_met,
        transition=green_fails & transition.surely_met,
        not_aligned=green_fails & transition.surely_not_met,
        excluded=shut_out,
        at_least_transition=inside & green.unknown & transition.surely_met,
        assumed_not_excluded=assumed,
        own=own_green,
        carried=carried,
    )


def class_outcome(program: Program, this: Pass, name: ClassName) -> Masks:
    """A class's own criteria within its window. Nothing left is unknown; a class not there is not met.

    What stands elsewhere is unknown.
    """
    full = this.inputs.full
    part = program.parts.get(name)
    if part is None:
        return Masks(full if program.stands_elsewhere(name) else 0, full, 0)
    masks = this.evaluate(part)
    masks = Masks(masks.met | masks.left_out, masks.not_met | masks.left_out, 0)
    end = program.until.get(name)
    if end is not None:
        inside = this.inputs.inside(Window(None, end))
        masks = Masks(masks.met & inside, masks.not_met & inside | full & ~inside, 0)
    return masks


def _components(program: Program, this: Pass) -> dict[str, Masks]:
    """What a class needs beside its own criteria, by component; `requires` binds every item."""
    full = this.inputs.full
    needed: dict[str, Masks] = {}
    objectives = [this.evaluate(part) for name, part in program.parts.items() if name.startswith("dnsh:")]
    if objectives:
        needed["dnsh"] = all_of(objectives, full)
    for name in ("minimum_safeguards", "requires"):
        if name in program.parts:
            needed[name] = this.evaluate(program.parts[name])
    for name in ("dnsh", "minimum_safeguards"):
        if program.taxonomy.components.get(name) == "not_on_file":
            needed[name] = Masks(full, full, 0)
    return needed


def _on_file(excluded: Compiled, full: int) -> int:
    """All projects if the whole text of the exclusion is on file, else none."""
    if any(isinstance(node, CompiledComposite) for node in walk(excluded)):
        return 0  # what the comparison left out is a matter of record, nothing for the caller to assume
    weak = any(
        node.kind == "not_on_file" or STATUSES[node.status_rank] not in ("verified", "single-source")
        for node in walk(excluded)
        if isinstance(node, CompiledLeaf)
    )
    return 0 if weak else full
