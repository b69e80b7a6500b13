"""What anybody may know, from the very keys and paths in use."""

from gateway import concealment
from indexer.core.submission import address, log_id
from tests.gateway.web.serving import DEPLOYMENT, ORIGIN


def test_the_log_and_its_keys_are_told(site):
    said = site.http.get("/api/v1/log").json()
    assert (said["origin"], said["logId"]) == (ORIGIN, log_id(ORIGIN).hex())
    assert said["receiptKey"] == address(site.receipt_key).hex()
    assert said["deployment"] == {
        "chainId": DEPLOYMENT.chain_id,
        "genesis": DEPLOYMENT.genesis.hex(),
        "traceLog": DEPLOYMENT.trace_log.hex(),
        "participants": DEPLOYMENT.participants.hex(),
    }
    assert said["trust"] == "http://127.0.0.1:9/trust"
    assert site.receipt_key.hex() not in str(said)


def test_what_is_concealed_is_published(site):
    assert site.http.get("/api/v1/concealment").json() == concealment.published()
