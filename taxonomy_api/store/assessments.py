"""Assessments: answered, kept with their release and their entry in the trail, shown, repeated, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import ENGINE_VERSION, Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.proceeds import assess_proceeds
from taxonomy_api.assessment.proceeds_intake import read_proceeds
from taxonomy_api.errors import Conflict, InvalidInput, Problem, ServiceError
from taxonomy_api.store.audit import record, sha256
from taxonomy_api.store.database import Database
from taxonomy_api.store.differences import differences
from taxonomy_api.store.idempotency import Claim, Outcome, settle
from taxonomy_api.store.ids import new_id
from taxonomy_api.store.keys import Identity
from taxonomy_api.store.models import Assessment
from taxonomy_api.store.releases import Releases, keep
from taxonomy_api.store.repository import NewAssessment, Repository

#: Projects of one batch.
MOST_PROJECTS = 1_000
LONGEST_ID = 200
MOST_DIFFERENCES = 1_000
ORIGINAL = "original"
#: What the options of a batch are; `project` is each of `projects` in its turn.
OPTIONS = ("taxonomies", "as_of", "language", "assume_not_excluded", "confirm")

Json = dict[str, Any]
Describe = Callable[[ServiceError], Json]
#: Told of every verdict that is given, as it stands in an answer.
Counting = Callable[[Iterable[Mapping[str, Any]]], None]


def uncounted(verdicts: Iterable[Mapping[str, Any]]) -> None:
    """Where nobody counts."""


@dataclass(frozen=True, slots=True)
class Assessments:
    database: Database
    releases: Releases
    gave: Counting = uncounted

    def create(self, who: Identity, asked: Json, claim: Claim | None = None) -> NewAssessment:
        """Answers one request and keeps it. Raises InvalidInput."""
        engine = self.releases.get("current").engine
        made = self._answer(engine, asked)
        hashes = {"request": sha256(made.request), "answer": sha256(made.answer)}

        def work(session: Session) -> NewAssessment:
            keep(session, engine.release)
            Repository(session, who.organisation_id).add_assessments([made])
            record(
                session,
                who.organisation_id,
                "assessment.created",
                who.key_id,
                made.id,
                release=made.release,
                **hashes,
            )
            settle(session, claim, Outcome(201, made.id))
            return made

        return self.database.grouped(who.organisation_id, work)

    def create_many(self, who: Identity, asked: Json, describe: Describe, claim: Claim | None = None) -> str:
        """Answers `{"projects": {id: project}, …options}` item by item, in one unit of work.

        JSON text: per id `{"status": 201, "assessment"}` or `{"status": 422, "problem"}`. Raises InvalidInput
        where the body or its options are wrong: these are no single project's.
        """
        engine = self.releases.get("current").engine
        projects, options = _read_batch(engine, asked)
        batch_id = new_id()
        answered: dict[str, NewAssessment | Json] = {}
        for name, project in projects.items():
            try:
                answered[name] = self._answer(engine, {"project": project, **options})
            except InvalidInput as problem:
                answered[name] = describe(_placed(problem, name))
        made = [one for one in answered.values() if isinstance(one, NewAssessment)]
        answers = {one.id: sha256(one.answer) for one in made}
        outcome = json.dumps(
            {name: one.id if isinstance(one, NewAssessment) else one for name, one in answered.items()},
            ensure_ascii=False,
            default=str,
        )

        def work(session: Session) -> None:
            keep(session, engine.release)
            Repository(session, who.organisation_id).add_assessments(made)
            record(
                session,
                who.organisation_id,
                "assessment.batch",
                who.key_id,
                batch_id,
                release=engine.release.id,
                projects=len(answered),
                stored=len(made),
                answers=answers,
            )
            settle(session, claim, Outcome(200, batch_id, outcome))

        self.database.grouped(who.organisation_id, work)
        return _encode({name: _item(one) for name, one in answered.items()})

    def batch_again(self, organisation_id: str, outcome: str, describe: Describe) -> str:
        """What `create_many` answered, from what was remembered of it; deleted ones are 404 now."""
        results: Json = {}
        with self.database.reading() as session:
            repository = Repository(session, organisation_id)
            remembered = json.loads(outcome)
            stored = repository.assessments([one for one in remembered.values() if isinstance(one, str)])
            for name, one in remembered.items():
                if isinstance(one, str):
                    one = stored.get(one) or describe(repository.missing("assessment", one))
                results[name] = _item(one)
            return _encode(results)

    def show(self, organisation_id: str, assessment_id: str) -> Assessment:
        """Raises NotFound."""
        with self.database.reading() as session:
            return Repository(session, organisation_id).assessment(assessment_id)

    def delete(self, who: Identity, assessment_id: str) -> None:
        """Forgets an assessment; the trail keeps its id and hashes. Raises NotFound."""
        with self.database.unit_of_work() as session:
            Repository(session, who.organisation_id).delete_assessment(assessment_id)
            record(session, who.organisation_id, "assessment.deleted", who.key_id, assessment_id)

    def replay(self, who: Identity, assessment_id: str, release: str, claim: Claim | None = None) -> str:
        """Answers a stored request once more, at its stored day, from another release; nothing is kept of it.

        JSON text with the answer and how it differs from the stored one. Raises NotFound for the assessment
        or release, Conflict where that release cannot be read or does not understand the request.
        """
        stored = self.show(who.organisation_id, assessment_id)
        chosen = self.releases.get(stored.release if release == ORIGINAL else release)
        again = _repeat(chosen.engine, stored)
        before, after = (msgspec.json.decode(text) for text in (_canonical(stored.answer), again))
        found = list(islice(differences(before, after), MOST_DIFFERENCES + 1))
        answer = msgspec.json.encode(
            {
                "assessment": assessment_id,
                "as_of": stored.as_of,
                "release": chosen.release.id,
                "engine": ENGINE_VERSION,
                "original": {"release": stored.release, "engine": stored.engine},
                "engine_changed": stored.engine != ENGINE_VERSION,
                "reproduced": _canonical(stored.answer) == again,
                "differences": found[:MOST_DIFFERENCES],
                "differences_truncated": len(found) > MOST_DIFFERENCES,
                "answer": after,
            }
        ).decode()

        def work(session: Session) -> None:
            record(
                session,
                who.organisation_id,
                "assessment.replayed",
                who.key_id,
                assessment_id,
                release=chosen.release.id,
                answer=sha256(again),
            )
            settle(session, claim, Outcome(200, answer=answer))

        self.database.grouped(who.organisation_id, work)
        return answer

    def proceeds(self, who: Identity, asked: Json, claim: Claim | None = None) -> str:
        """Assesses a use of proceeds; nothing but its hashes is kept. JSON text. Raises InvalidInput."""
        engine = self.releases.get("current").engine
        assessed: Json = assess_proceeds(engine, read_proceeds(engine, asked))
        self.gave(verdict for one in assessed["allocations"] for verdict in one["verdicts"])
        answer = _encode(assessed)

        def work(session: Session) -> None:
            record(
                session,
                who.organisation_id,
                "proceeds.assessed",
                who.key_id,
                new_id(),
                release=engine.release.id,
                request=sha256(_text(asked)),
                answer=sha256(answer),
            )
            settle(session, claim, Outcome(200, answer=answer))

        self.database.grouped(who.organisation_id, work)
        return answer

    def _answer(self, engine: Engine, asked: Json) -> NewAssessment:
        understood = read_request(engine, asked)
        answer: Json = assess(engine, understood)
        self.gave(answer["verdicts"])
        request, text = _text(asked), _encode(answer)
        return NewAssessment(new_id(), engine.release.id, ENGINE_VERSION, understood.as_of, request, text)


def shown(stored: NewAssessment | Assessment, **more: object) -> str:
    """The kept answer byte for byte, between its id and what else is told."""
    tail = f",{_encode(more)[1:]}" if more else "}"
    return f'{{"id":"{stored.id}",{stored.answer[1:-1]}{tail}'


def _item(one: NewAssessment | Assessment | Json) -> Json:
    """What a batch tells of one project: its assessment, or the problem in its place."""
    if isinstance(one, dict):
        return {"status": one["status"], "problem": one}
    return {"status": 201, "assessment": msgspec.Raw(shown(one))}


def _repeat(engine: Engine, stored: Assessment) -> str:
    try:
        return _encode(assess(engine, read_request(engine, json.loads(stored.request), today=stored.as_of)))
    except InvalidInput as problem:
        raise Conflict(
            "not_replayable",
            f"Release {engine.release.id} does not understand the stored request; errors name the places.",
            problem.problems,
        ) from None


def _read_batch(engine: Engine, asked: Json) -> tuple[Mapping[str, Any], Json]:
    projects = asked.get("projects")
    if not isinstance(projects, dict) or not 0 < len(projects) <= MOST_PROJECTS:
        message = f"`projects` is an object of 1 to {MOST_PROJECTS} projects by ids of yours."
        raise InvalidInput(Problem("/projects", "bad_projects", message))
    if any(len(name) > LONGEST_ID for name in projects):
        message = f"An id of yours has at most {LONGEST_ID} characters."
        raise InvalidInput(Problem("/projects", "id_too_long", message))
    options = {name: value for name, value in asked.items() if name != "projects"}
    unknown = [
        Problem(
            f"/{name}", "unknown_key", f"{name!r} is no option of a batch.", allowed=("projects", *OPTIONS)
        )
        for name in options
        if name not in OPTIONS
    ]
    try:
        read_request(engine, {"project": {}, **{n: v for n, v in options.items() if n in OPTIONS}})
    except InvalidInput as problem:
        unknown += [one for one in problem.problems if not _is_of_project(one)]
    if unknown:
        raise InvalidInput(*unknown)
    return projects, options


def _is_of_project(problem: Problem) -> bool:
    return problem.pointer == "/project" or problem.pointer.startswith("/project/")


def _placed(problem: InvalidInput, name: str) -> InvalidInput:
    """Pointers into the body of the batch."""
    place = f"/projects/{name.replace('~', '~0').replace('/', '~1')}"
    return InvalidInput(
        *(
            replace(one, pointer=place + one.pointer.removeprefix("/project")) if _is_of_project(one) else one
            for one in problem.problems
        )
    )


def _encode(answer: Mapping[str, object]) -> str:
    """The one form in which an answer is kept, hashed and sent."""
    return msgspec.json.encode(answer).decode()


def _canonical(answer: str) -> str:
    """Answers of earlier versions are kept with other blanks and escapes."""
    return _encode(msgspec.json.decode(answer))


def _text(asked: Json) -> str:
    # Not by msgspec: a caller may have sent integers of any length.
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
