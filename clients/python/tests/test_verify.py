"""Against the examples of https://github.com/standard-webhooks/standard-webhooks, and what the stack delivers."""

import json
from datetime import UTC, datetime

import pytest

from homing import InvalidArgumentError, VerificationError, verify

SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"
OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"event_type":"ping","data":{"success":true}}'
SIGNED_AT = 1_731_705_121
SIGNATURE = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
HEADERS = {
    "webhook-id": "msg_loFOjxBNrRLzqYUf",
    "webhook-timestamp": str(SIGNED_AT),
    "webhook-signature": SIGNATURE,
}


def test_takes_the_example_of_the_specification() -> None:
    verified = verify(SECRET, HEADERS, BODY, now=SIGNED_AT)
    assert verified.webhook_id == "msg_loFOjxBNrRLzqYUf"
    assert verified.signed_at == datetime(2024, 11, 15, 21, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "headers",
    [
        {name.title(): value for name, value in HEADERS.items()},
        {**HEADERS, "webhook-signature": f"v1,AAAA {SIGNATURE}"},
        {**HEADERS, "webhook-signature": f"{SIGNATURE} v1a,AAAA"},
    ],
)
def test_takes_headers_in_any_spelling_and_several_signatures(headers: dict[str, str]) -> None:
    verify(SECRET, headers, BODY, now=SIGNED_AT)


@pytest.mark.parametrize("secrets", [[OTHER, SECRET], [SECRET, OTHER], SECRET.removeprefix("whsec_")])
@pytest.mark.parametrize("body", [BODY, BODY.decode()])
def test_takes_one_of_several_secrets(secrets: str | list[str], body: bytes | str) -> None:
    verify(secrets, HEADERS, body, now=SIGNED_AT)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_takes_what_was_signed_five_minutes_from_now(seconds: int) -> None:
    verify(SECRET, HEADERS, BODY, now=SIGNED_AT + seconds)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_refuses_what_was_signed_longer_from_now_and_says_so(seconds: int) -> None:
    with pytest.raises(VerificationError, match="signed 301 s from now"):
        verify(SECRET, HEADERS, BODY, now=SIGNED_AT + seconds)
    verify(SECRET, HEADERS, BODY, now=SIGNED_AT + seconds, tolerance=301)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", ""),
        ("webhook-id", "msg_loFOjxBNrRLzqYUg"),
        ("Webhook-Id", "msg_loFOjxBNrRLzqYUf"),
        ("webhook-timestamp", ""),
        ("webhook-timestamp", str(SIGNED_AT + 1)),
        ("webhook-timestamp", f"{SIGNED_AT}.0"),
        ("webhook-timestamp", f" {SIGNED_AT}"),
        ("webhook-timestamp", "١٧٣١٧٠٥١٢١"),
        ("webhook-timestamp", "nan"),
        ("webhook-signature", ""),
        ("webhook-signature", SIGNATURE[:20]),
        ("webhook-signature", "v1,"),
        ("webhook-signature", SIGNATURE.replace("v1", "v2")),
        ("webhook-signature", SIGNATURE.replace("0=", "1=")),
        ("webhook-signature", "v1,ключ"),
    ],
)
def test_refuses_a_request_with(name: str, value: str) -> None:
    with pytest.raises(VerificationError):
        verify(SECRET, {**HEADERS, name: value}, BODY, now=SIGNED_AT)


@pytest.mark.parametrize("body", [b"", BODY + b" ", json.dumps(json.loads(BODY)).encode()])
def test_refuses_another_body_or_the_same_written_anew(body: bytes) -> None:
    with pytest.raises(VerificationError):
        verify(SECRET, HEADERS, body, now=SIGNED_AT)


def test_refuses_another_sender() -> None:
    with pytest.raises(VerificationError, match="another one"):
        verify([OTHER], HEADERS, BODY, now=SIGNED_AT)


@pytest.mark.parametrize("secret", ["", [], "whsec_", [SECRET, ""], "whsec_not a secret!"])
def test_says_of_no_secret_that_nobody_can_verify_with_it(secret: str | list[str]) -> None:
    with pytest.raises(InvalidArgumentError):
        verify(secret, HEADERS, BODY, now=SIGNED_AT)


def test_says_of_a_parsed_body_that_it_is_needed_as_it_was_received() -> None:
    with pytest.raises(InvalidArgumentError, match="as it was received"):
        verify(SECRET, HEADERS, json.loads(BODY), now=SIGNED_AT)
