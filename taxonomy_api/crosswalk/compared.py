"""What the criteria of two activities say beside the stringency that a route states of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Window
from taxonomy_api.crosswalk.declared import MOST_STEPS
from taxonomy_api.crosswalk.implication import Computed, Span, stringency
from taxonomy_api.crosswalk.relations import Stringency
from taxonomy_api.crosswalk.routes import Route


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Stringencies computed from the criteria of a release, each pair once and with bounded work.

    Threads may share it: what is computed twice at once is the same.
    """

    release: Release
    most_steps: int = MOST_STEPS
    _known: dict[tuple[str, str], Computed] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, subject: str, object_: str) -> Computed:
        """The relation of two activities, `taxonomy:code[#row]`; ValueError for one that is not there."""
        pair = (subject, object_)
        if pair not in self._known:
            self._known[pair] = stringency(self.release, subject, object_, most_steps=self.most_steps)
        return self._known[pair]


def decided(computed: Computed) -> bool:
    """Whether the criteria say anything on any day."""
    return any(
        span.stringency != "unknown" or "denied" in (span.forward, span.backward) for span in computed.spans
    )


def within(computed: Computed, window: Window) -> tuple[Span, ...]:
    """The spans that have days in the window."""
    return tuple(
        span
        for span in computed.spans
        if (window.start is None or span.until is None or window.start <= span.until)
        and (window.end is None or span.start is None or span.start <= window.end)
    )


def contradictions(route: Route, computed: Computed) -> tuple[Span, ...]:
    """The spans of its window on which the criteria refute the stringency that a route states."""
    spans = within(computed, Window(route.valid_from, route.valid_until))
    if route.stringency == "incomparable":
        # One day on which neither side entails the other is enough for such a statement.
        return spans if all(_one_entails(span) for span in spans) else ()
    return tuple(span for span in spans if _refutes(span, route.stringency))


def agrees(route: Route, computed: Computed) -> bool | None:
    """Whether the criteria show what a route states, on all days of its window; None: neither so nor not."""
    if contradictions(route, computed):
        return False
    spans = within(computed, Window(route.valid_from, route.valid_until))
    shown = all(_shows(span, route.stringency) for span in spans)
    return True if shown and spans else None


def _one_entails(span: Span) -> bool:
    return "entails" in (span.forward, span.backward)


def _refutes(span: Span, stated: Stringency) -> bool:
    return (stated in ("equal", "stricter") and span.forward == "denied") or (
        stated in ("equal", "looser") and span.backward == "denied"
    )


def _shows(span: Span, stated: Stringency) -> bool:
    """`stricter` is shown by an equal side, too: whatever meets it meets the other."""
    forward, backward = span.forward == "entails", span.backward == "entails"
    if stated == "incomparable":
        return span.stringency == "incomparable"
    return {"equal": forward and backward, "stricter": forward, "looser": backward}.get(stated, False)
