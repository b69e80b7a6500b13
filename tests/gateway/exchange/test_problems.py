from gateway.draft import RefusedError
from gateway.exchange import problems
from gateway.exchange.problems import EXCEPTIONS, exceptional
from gateway.intake import ClockSkewError, SignatureRequiredError
from indexer.core.code import CodeError
from indexer.core.errors import HTTP, SuyuanError
from indexer.store.engine import DatabaseError


def test_every_family_has_its_exception():
    for family in HTTP:
        status, name = exceptional(family)
        assert 400 <= status < 600
        assert name.endswith("Exception")
    assert exceptional(SuyuanError).status == 500
    assert len({kind.code for kind in EXCEPTIONS}) == len(EXCEPTIONS)


def test_a_problem_says_where_and_what():
    told = problems.problem(CodeError(place="/epcList/0"))
    assert (told["status"], told["type"]) == (400, "epcisException:ValidationException")
    assert (told["code"], told["place"]) == ("CODE_UNKNOWN", "/epcList/0")
    assert problems.problem(CodeError(place="/a"), "/b")["place"] == "/b"
    told = problems.problem(SignatureRequiredError(participant="p"))
    assert (told["status"], told["type"]) == (403, "epcisException:SecurityException")
    assert "place" not in told


def test_what_stands_behind_an_outage_is_not_told():
    for error in (DatabaseError(sqlstate="57P01", reason="host db-7"), ClockSkewError(seconds=99)):
        told = problems.problem(error)
        assert told["status"] == 503
        assert "db-7" not in str(told)
        assert "99" not in str(told)


def test_all_faults_of_a_whole_are_told(client):
    faults = [CodeError(place="/a"), CodeError(place="/b")]
    told = problems.problem(RefusedError(faults=faults, count=2))
    assert told["place"] == "/a"
