"""What a participant is told of its keys, and of nobody else's."""

from indexer.core.submission import address
from tests.gateway.making import event, signed
from tests.gateway.web.test_submissions import problem


def told(site, member, key):
    return site.http.get(f"/api/v1/keys/{key}", headers=member.headers)


def test_a_key_tells_how_it_stands_and_what_comes_next(site):
    member, other = site.member(0), site.member(1, "广州岭顺供应链管理有限公司")
    secret = b"\5" * 32
    key = address(secret).hex()
    assert problem(told(site, member, key), 404, "KEY_MISSING")
    site.desk.register("KeyAdded", member.id, secret, custodial=False)
    said = told(site, member, key).json()
    assert (said["key"], said["participant"], said["name"]) == (key, str(member.id), member.name)
    assert (said["sequence"], said["custodial"], said["revoked"]) == (0, False, None)
    assert not said["suspended"]
    problem(told(site, other, key), 404, "KEY_MISSING")
    problem(site.http.get(f"/api/v1/keys/{key}"), 401, "API_KEY_ABSENT")
    problem(told(site, member, "12"), 422)
    assert told(site, member, "0x" + key.upper()).json() == said


def test_the_next_sequence_counts_what_was_taken(site):
    signer = site.desk.own()
    member = site.holder(signer)
    sent = signed(signer, 0, event())
    answer = site.post(member, sent)
    assert answer.status_code == 201
    again = site.post(member, sent)
    assert (again.status_code, again.content) == (200, answer.content)
    assert again.headers["location"] == answer.headers["location"]
    key = address(signer.private_key).hex()
    assert told(site, member, key).json()["sequence"] == 1
    problem(site.post(member, signed(signer, 2, event())), 422, "SEQUENCE_SKIPPED", "/sequence")
    problem(site.post(member, signed(signer, 0, event("2"))), 409, "SEQUENCE_REPEATED", "/sequence")
    site.desk.register("KeyRevoked", signer.participant, signer.private_key, next_sequence=1)
    assert told(site, member, key).json()["revoked"] == 1
    problem(site.post(member, signed(signer, 1, event())), 403, "KEY_REVOKED")
