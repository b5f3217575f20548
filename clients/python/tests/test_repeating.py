"""What is repeated, under which key, after which wait; and what is not."""

import json
from typing import Any

import httpx
import pytest

from homing import HomingClient, HomingError, InvalidArgumentError, JsonText

TARGET = "https://example.com/hook"


def accepted(_: httpx.Request) -> httpx.Response:
    return httpx.Response(202, json={"messageId": "msg_1", "status": "QUEUED"})


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def gateway(_: httpx.Request) -> httpx.Response:
    return httpx.Response(502, html="<html>")


def problem(status: int, retryable: bool, **headers: str) -> Any:
    def answer(_: httpx.Request) -> httpx.Response:
        told = {
            "title": "T",
            "status": status,
            "detail": "d",
            "code": "SYSTEM_ERROR",
            "correlationId": "c",
            "retryable": retryable,
            "stored": True,
            "messageId": "msg_1",
        }
        content_type = {"content-type": "application/problem+json"}
        retry_after = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(status, content=json.dumps(told), headers=content_type | retry_after)

    return answer


def test_a_send_is_repeated_under_one_key_and_another_send_has_another(answering: Any) -> None:
    homing, requests = answering(unreachable, gateway, accepted)
    assert homing.send({"targetUrl": TARGET})["messageId"] == "msg_1"
    homing.send({"targetUrl": TARGET})
    keys = [request.headers["idempotency-key"] for request in requests]
    assert len(requests) == 4 and len(set(keys[:3])) == 1 and keys[3] != keys[0]
    assert all(len(key) == 32 for key in keys)


def test_it_waits_longer_each_time_with_jitter_and_as_long_as_it_is_asked_to(answering: Any) -> None:
    homing, _ = answering(gateway, gateway, problem(503, True, retry_after="7"), accepted)
    homing.send({"targetUrl": TARGET})
    first, second, third = homing.waits
    assert 0.125 <= first <= 0.25 and 0.25 <= second <= 0.5 and third == 7


def test_it_gives_up_after_its_retries_with_all_that_the_api_said(answering: Any) -> None:
    homing, requests = answering(problem(503, True))
    with pytest.raises(HomingError, match="T: d") as raised:
        homing.send({"targetUrl": TARGET}, idempotency_key="k", correlation_id="c-1")
    error = raised.value
    assert (error.status, error.code, error.correlation_id) == (503, "SYSTEM_ERROR", "c")
    assert (error.retryable, error.stored, error.message_id, error.idempotency_key) == (True, True, "msg_1", "k")
    assert len(requests) == 5
    assert requests[0].headers["x-correlation-id"] == "c-1"


@pytest.mark.parametrize(
    "answer",
    [
        problem(500, False),
        problem(503, True, retry_after="61"),
        lambda _: httpx.Response(403, text="no"),
        lambda _: httpx.Response(200, html="<html>"),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(301, headers={"location": "https://homing.test"}),
    ],
)
def test_it_is_not_repeated_where_that_is_of_no_use(answering: Any, answer: Any) -> None:
    homing, requests = answering(answer)
    with pytest.raises(HomingError):
        homing.send({"targetUrl": TARGET})
    assert len(requests) == 1


def test_a_retry_that_may_have_been_done_is_not_repeated(answering: Any) -> None:
    homing, requests = answering(unreachable)
    for call in (homing.retry, homing.cancel, homing.rotate_sender, homing.endpoints.rotate, homing.endpoints.test):
        with pytest.raises(HomingError, match=r"http://homing\.test cannot be reached"):
            call("msg_1")
    assert len(requests) == 5


@pytest.mark.parametrize("verb", ["get", "delete", "disable", "activate", "secret"])
def test_what_may_be_done_twice_is_repeated(answering: Any, verb: str) -> None:
    homing, requests = answering(unreachable)
    with pytest.raises(HomingError):
        getattr(homing.endpoints, verb)("ep_1")
    assert len(requests) == 5


@pytest.mark.parametrize(
    "body",
    [float("nan"), object(), {"n": {1, 2}}, "\ud800"],
)
def test_what_is_no_json_is_not_sent(answering: Any, body: object) -> None:
    homing, requests = answering(accepted)
    with pytest.raises(InvalidArgumentError, match=r"^The message cannot be written as JSON"):
        homing.send({"targetUrl": TARGET, "body": body})
    with pytest.raises(InvalidArgumentError, match=r"^Message 1 cannot be written as JSON"):
        homing.send_batch([{"targetUrl": TARGET}, {"targetUrl": TARGET, "body": body}])
    assert requests == []


@pytest.mark.parametrize("text", ["", "{", "1,2", "NaN", '"\ud800"'])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError):
        JsonText(text)


def test_json_text_is_sent_as_it_is_written(answering: Any) -> None:
    written = '{"b":1,"2":2,"n":1.0,"s":"\\u00e9\\/"}'
    homing, requests = answering(accepted)
    homing.send({"targetUrl": TARGET, "body": JsonText(written)})
    assert requests[0].content.decode() == f'{{"body":{written},"targetUrl":"{TARGET}"}}'


@pytest.mark.parametrize("key", ["ключ", "a\nb"])
def test_what_no_header_can_carry_is_not_sent(answering: Any, key: str) -> None:
    homing, requests = answering(accepted)
    with pytest.raises(InvalidArgumentError, match="idempotency key"):
        homing.send({"targetUrl": TARGET}, idempotency_key=key)
    assert requests == []


def test_a_key_is_never_shown() -> None:
    client = HomingClient("http://homing.test", "hk_secret")
    assert "hk_secret" not in repr(vars(client))
    with pytest.raises(InvalidArgumentError, match=r"^The key holds characters that no header can carry\.$"):
        HomingClient("http://homing.test", "hk_secret\nx")


@pytest.mark.parametrize("url", ["localhost:3000", "homing.test", "", "ftp://homing.test", "http://", "http://a:b"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidArgumentError):
        HomingClient(url, "k")


@pytest.mark.parametrize("url", ["http://u:p@homing.test", "http://homing.test?a=1", "http://homing.test#a"])
def test_an_address_with_more_than_an_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidArgumentError, match="neither a user"):
        HomingClient(url, "k")


def results_of(request: httpx.Request, refused: dict[int, bool]) -> httpx.Response:
    """Each accepted, but for those refused, by their place, as retryable or not."""
    messages = json.loads(request.content)["messages"]
    results = [
        {"index": at, "httpStatus": 503, "problem": {"retryable": refused[at]}}
        if at in refused
        else {"index": at, "httpStatus": 202, "message": {"messageId": f"msg_{message['idempotencyKey']}"}}
        for at, message in enumerate(messages)
    ]
    return httpx.Response(207, json={"results": results})


def test_a_batch_of_any_size_is_sent_a_hundred_a_call_and_answered_in_order(answering: Any) -> None:
    homing, requests = answering(lambda request: results_of(request, {}))
    messages = [{"targetUrl": TARGET, "idempotencyKey": str(order)} for order in range(230)]
    outcomes = homing.send_batch(messages)
    assert [outcome["message"]["messageId"] for outcome in outcomes] == [f"msg_{order}" for order in range(230)]
    assert [outcome["index"] for outcome in outcomes] == list(range(230))
    assert len(requests) == 3


def test_a_batch_is_split_by_bytes_too(answering: Any) -> None:
    homing, requests = answering(lambda request: results_of(request, {}))
    homing.send_batch([{"targetUrl": TARGET, "body": "é" * 130_000} for _ in range(20)])
    assert [len(request.content) <= 4_194_304 for request in requests] == [True, True]


def test_those_whose_problem_is_retryable_are_sent_again_under_their_keys(answering: Any) -> None:
    homing, requests = answering(
        lambda request: results_of(request, {0: True, 2: False}), lambda request: results_of(request, {})
    )
    outcomes = homing.send_batch([{"targetUrl": TARGET} for _ in range(3)])
    assert ["message" in outcome for outcome in outcomes] == [True, True, False]
    first, second = (json.loads(request.content)["messages"] for request in requests)
    assert second == first[:1]
    assert outcomes[0]["idempotencyKey"] == first[0]["idempotencyKey"]


def test_a_call_of_a_batch_that_fails_is_told_and_forgets_nothing_that_was_accepted(answering: Any) -> None:
    homing, requests = answering(lambda request: results_of(request, {}), unreachable)
    outcomes = homing.send_batch([{"targetUrl": TARGET} for _ in range(300)])
    assert ["message" in outcome for outcome in outcomes] == [True] * 100 + [False] * 200
    assert {outcome["problem"]["retryable"] for outcome in outcomes[100:]} == {True}
    # The second call is repeated; after that an outage is known, and the third is a probe.
    assert len(requests) == 1 + 5 + 1
