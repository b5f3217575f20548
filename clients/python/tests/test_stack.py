"""Both clients on a running stack."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homing import HomingError, JsonText

WRITTEN = '{"n":12345678901234567890,"10":1.0,"9":"\\u0041"}'


def test_sends_once_under_one_key_and_shows_it(homing: Any, receiver: str, kind: str) -> None:
    message = {"targetUrl": receiver, "body": JsonText(WRITTEN), "metadata": {"order": "42"}}
    first, again = (homing.send(message, idempotency_key=f"python-{kind}") for _ in range(2))
    assert first["messageId"] == again["messageId"] and again["duplicate"] is True
    shown = homing.get(first["messageId"])
    assert shown["metadata"] == {"order": "42"} and shown["history"][0]["from"] is None
    assert f'"body":{WRITTEN}' in homing.get_json(first["messageId"])


def test_tells_everything_that_is_wrong(homing: Any) -> None:
    told = r"^The request is not valid: .*method: must be one of.*targetUrl: "
    with pytest.raises(HomingError, match=told) as raised:
        homing.send({"targetUrl": "ftp://x", "method": "BREW"})
    assert raised.value.code == "VALIDATION_ERROR" and raised.value.stored is False
    with pytest.raises(HomingError) as raised:
        homing.get("msg_00000000000000000000000000")
    assert raised.value.code == "NOT_FOUND"


def test_lists_page_by_page_and_counts_and_moves_many(homing: Any, receiver: str, kind: str) -> None:
    sender = f"python-many-{kind}"
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    entry = {"targetUrl": receiver, "senderId": sender, "deliverAt": later}
    outcomes = homing.send_batch([*({**entry, "body": order} for order in range(105)), {"targetUrl": "ftp://x"}])
    assert ["message" in outcome for outcome in outcomes] == [True] * 105 + [False]
    since = datetime.now(UTC) - timedelta(hours=1)
    listed = homing.list(status="PENDING", sender_id=sender, since=since)
    assert len({item["messageId"] for item in listed}) == 105
    page = homing.list_page(sender_id=sender, rolled_back=False, limit=5)
    assert len(page["items"]) == 5 and "nextCursor" in page
    known = page["items"][0]["messageId"]
    assert [item["messageId"] for item in homing.list(sender_id=sender, id_part=known[-9:])] == [known]
    assert homing.count_cancellable("PENDING", sender_id=sender) == 105
    assert homing.cancel(listed[0]["messageId"])["status"] == "CANCELLED"
    assert sum(stretch["cancelled"] for stretch in homing.cancel_all("PENDING", sender_id=sender)) == 104
    assert homing.count_retryable(sender_id=sender) == 0
    assert homing.retry_all(sender_id=sender) == [{"retried": 0, "skipped": 0}]
    assert homing.stats(sender)["counts"]["CANCELLED"] == 105


def test_manages_keys(homing: Any, kind: str) -> None:
    sender = f"python-keys-{kind}"
    created = homing.create_key(sender, ["send", "read"], name="billing")
    assert created["signingSecret"].startswith("whsec_")
    assert created["keyId"] in [key["keyId"] for key in homing.list_keys()]
    assert "/portal#key=hk_" in homing.create_portal_link(sender, expires_in="2h")["url"]
    assert homing.rotate_sender(sender)["signingSecret"] != created["signingSecret"]
    assert "revokedAt" in homing.revoke_key(created["keyId"])
    assert homing.own_key()["keyId"] == "operator"


def test_manages_endpoints(homing: Any, kind: str) -> None:
    sender = f"python-endpoints-{kind}"
    endpoints = homing.endpoints
    made = endpoints.create(
        {"url": "https://example.com/hook", "senderId": sender, "eventTypes": ["a.*"], "headers": {"x-a": "1"}},
        idempotency_key=f"python-{kind}",
    )
    endpoint_id = made["endpointId"]
    changed = endpoints.update(endpoint_id, {"eventTypes": None, "headers": {"x-b": "2"}})
    assert "eventTypes" not in changed and changed["headers"] == {"x-a": "1", "x-b": "2"}
    assert endpoints.pause(endpoint_id)["state"] == "PAUSED"
    rotated = endpoints.rotate(endpoint_id, {"graceSeconds": 60})
    assert len(rotated["previous"]) == 1
    tested = endpoints.test(endpoint_id, {"body": JsonText(WRITTEN)})
    assert f'"body":{WRITTEN}' in homing.events.get_json(tested["eventId"])
    assert endpoints.disable(endpoint_id)["state"] == "DISABLED"
    assert [one["endpointId"] for one in endpoints.list(sender_id=sender, state="DISABLED")] == [endpoint_id]
    assert endpoints.activate(endpoint_id) == endpoints.get(endpoint_id)
    assert endpoints.secret(endpoint_id)["secret"].startswith("whsec_")
    assert endpoints.delete(endpoint_id) == {"endpointId": endpoint_id, "state": "DELETED"}


def test_sends_events_and_shows_where_they_went(homing: Any, receiver: str, kind: str) -> None:
    sender = f"python-events-{kind}"
    event = {"senderId": sender, "eventType": "invoice.paid", "body": JsonText(WRITTEN)}
    missed = homing.events.send({**event, "body": 1, "metadata": {"order": "42"}})
    assert missed["matched"] == 0
    endpoint = homing.endpoints.create({"url": receiver, "senderId": sender, "eventTypes": ["invoice.*"]})
    endpoint_id = endpoint["endpointId"]
    assert homing.events.dry_run(event)["endpointIds"] == [endpoint_id]
    sent, again = (homing.events.send(event, idempotency_key="invoice-1") for _ in range(2))
    assert sent["matched"] == 1 and again["duplicate"] is True and again["eventId"] == sent["eventId"]
    assert f'"body":{WRITTEN}' in homing.events.get_json(sent["eventId"])
    unmatched = homing.events.get(missed["eventId"], explain=True)
    assert [other["reason"] for other in unmatched["notMatched"]] == ["CREATED_LATER"]
    assert "notMatched" not in homing.events.get(sent["eventId"])
    listed = [one["eventId"] for one in homing.events.list(sender_id=sender)]
    assert listed == [sent["eventId"], missed["eventId"]]
    assert [one["eventId"] for one in homing.events.list(sender_id=sender, matched="none")] == listed[1:]
    assert [one["eventId"] for one in homing.events.list(sender_id=sender, metadata="order=42")] == listed[1:]
    since = datetime.now(UTC) - timedelta(hours=1)
    assert homing.endpoints.count_replay(endpoint_id, "missing", since) == 1
    assert [stretch["replayed"] for stretch in homing.endpoints.replay(endpoint_id, "missing", since)] == [1]
    assert len(homing.list(endpoint_id=endpoint_id)) == 2
    assert sum(homing.stats(endpoint_id=endpoint_id)["counts"].values()) == 2
    batch = homing.events.send_batch([{**event, "body": order} for order in range(101)] + [{"eventType": "no type"}])
    assert ["event" in outcome for outcome in batch] == [True] * 101 + [False]
    cancelled = homing.events.cancel(batch[0]["event"]["eventId"])
    assert cancelled["cancelled"] + cancelled["skipped"] == 1


def test_sends_in_order_and_shows_the_lane(homing: Any, receiver: str, kind: str) -> None:
    sender = f"python-order-{kind}"
    message = {"targetUrl": receiver, "senderId": sender, "orderingKey": "order/1"}
    first, second = (homing.send(message) for _ in range(2))
    lane = homing.lane("order/1", sender_id=sender)
    assert (lane["orderingKey"], lane["state"]) == ("order/1", "FLOWING")
    ordered = homing.list(sender_id=sender, ordering_key="order/1")
    assert {item["messageId"] for item in ordered} == {first["messageId"], second["messageId"]}
    assert homing.lanes(sender_id=sender) == []
    with pytest.raises(HomingError):
        homing.skip(second["messageId"])
