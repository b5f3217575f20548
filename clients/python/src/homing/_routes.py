"""The calls that both clients make, each with the type of its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from homing._call import Call, filter_of, new_idempotency_key, path_of, query_of
from homing.json_text import json_of, message_json
from homing.types import (
    Accepted,
    AcceptedEvent,
    AnsweredDelivery,
    BulkCancelResult,
    BulkResolveResult,
    BulkRetryResult,
    CancelledEvent,
    CreatedKey,
    DeletedEndpoint,
    DeliveryAnswer,
    DryRunResult,
    Endpoint,
    EndpointInput,
    EndpointList,
    EndpointPatch,
    EndpointTest,
    EndpointTested,
    Event,
    EventDryRun,
    EventInput,
    EventList,
    EventListItem,
    Key,
    KeyList,
    Lane,
    LaneList,
    Message,
    MessageInput,
    MessageList,
    Moved,
    OwnKey,
    PortalLink,
    ReplayResult,
    RotatedSender,
    RotationInput,
    Series,
    SigningSecrets,
    Stats,
    TakeInput,
    TakenDeliveries,
    TargetList,
)

PAGE = 100
STRETCH = 1_000
"""The most messages that one stretch of a bulk call looks at."""


def _read(path: str, query: Mapping[str, Any] | None = None) -> Call[Any]:
    return Call("GET", path + query_of(filter_of(query or {})), repeatable=True)


def _change(method: str, path: str, body: object = None, repeatable: bool = False) -> Call[Any]:
    text = None if body is None else json_of(body, "The request")
    # Of a call with another method than POST, repeated, nothing more comes.
    return Call(method, path, body=text, repeatable=repeatable or method != "POST")


def send(message: MessageInput, idempotency_key: str | None, correlation_id: str | None) -> Call[Accepted]:
    return Call(
        "POST",
        "/v1/messages",
        body=message_json(message, "The message"),
        idempotency_key=new_idempotency_key() if idempotency_key is None else idempotency_key,
        correlation_id=correlation_id,
        repeatable=True,
    )


def get(message_id: str) -> Call[Message]:
    return _read(path_of("messages", message_id))


def get_json(message_id: str) -> Call[str]:
    return Call("GET", path_of("messages", message_id), repeatable=True, as_text=True)


def list_messages(query: Mapping[str, Any]) -> Call[MessageList]:
    return _read("/v1/messages", query)


def retry(message_id: str) -> Call[Moved]:
    return _change("POST", path_of("messages", message_id, "retry"))


def cancel(message_id: str) -> Call[Moved]:
    return _change("POST", path_of("messages", message_id, "cancel"))


def resolve(message_id: str) -> Call[Moved]:
    return _change("POST", path_of("messages", message_id, "resolve"))


def skip(message_id: str) -> Call[Moved]:
    return _change("POST", path_of("messages", message_id, "skip"))


def get_lane(ordering_key: str, sender_id: str | None) -> Call[Lane]:
    return _read(path_of("lanes", ordering_key), {"sender_id": sender_id})


def list_lanes(query: Mapping[str, Any]) -> Call[LaneList]:
    return _read("/v1/lanes", query)


def retry_many(chosen: Mapping[str, Any]) -> Call[BulkRetryResult]:
    # Those that were moved match no more: repeating the call never moves one twice.
    return _change("POST", "/v1/messages/retry", {"status": "FAILED", **filter_of(chosen)}, repeatable=True)


def resolve_many(chosen: Mapping[str, Any]) -> Call[BulkResolveResult]:
    return _change("POST", "/v1/messages/resolve", {"status": "FAILED", **filter_of(chosen)}, repeatable=True)


def cancel_many(chosen: Mapping[str, Any]) -> Call[BulkCancelResult]:
    return _change("POST", "/v1/messages/cancel", filter_of(chosen), repeatable=True)


def count_many(verb: str, chosen: Mapping[str, Any]) -> Call[DryRunResult]:
    body = {**filter_of(chosen), "dryRun": True}
    return _change("POST", f"/v1/messages/{verb}", body, repeatable=True)


def stats(sender_id: str | None, endpoint_id: str | None) -> Call[Stats]:
    return _read("/v1/stats", {"sender_id": sender_id, "endpoint_id": endpoint_id})


def series(query: Mapping[str, Any]) -> Call[Series]:
    return _read("/v1/stats/series", query)


def targets(sender_id: str | None) -> Call[TargetList]:
    return _read("/v1/targets", {"sender_id": sender_id})


def list_keys(query: Mapping[str, Any]) -> Call[KeyList]:
    return _read("/v1/keys", query)


def own_key() -> Call[OwnKey]:
    return _read("/v1/keys/self")


def create_key(sender_id: str, scopes: Sequence[str], name: str | None, expires_in: str | None) -> Call[CreatedKey]:
    key = {"sender_id": sender_id, "scopes": list(scopes), "name": name, "expires_in": expires_in}
    return _change("POST", "/v1/keys", filter_of(key))


def revoke_key(key_id: str) -> Call[Key]:
    return _change("DELETE", path_of("keys", key_id))


def create_portal_link(sender_id: str, expires_in: str | None) -> Call[PortalLink]:
    return _change("POST", "/v1/portal", filter_of({"sender_id": sender_id, "expires_in": expires_in}))


def rotate_sender(sender_id: str) -> Call[RotatedSender]:
    return _change("POST", path_of("senders", sender_id, "rotate"))


def create_endpoint(endpoint: EndpointInput, idempotency_key: str | None) -> Call[Endpoint]:
    return Call(
        "POST",
        "/v1/endpoints",
        body=json_of(endpoint, "The endpoint"),
        idempotency_key=new_idempotency_key() if idempotency_key is None else idempotency_key,
        repeatable=True,
    )


def list_endpoints(query: Mapping[str, Any]) -> Call[EndpointList]:
    return _read("/v1/endpoints", query)


def get_endpoint(endpoint_id: str) -> Call[Endpoint]:
    return _read(path_of("endpoints", endpoint_id))


def update_endpoint(endpoint_id: str, patch: EndpointPatch) -> Call[Endpoint]:
    return _change("PATCH", path_of("endpoints", endpoint_id), patch)


def delete_endpoint(endpoint_id: str) -> Call[DeletedEndpoint]:
    return _change("DELETE", path_of("endpoints", endpoint_id))


def move_endpoint(endpoint_id: str, verb: str) -> Call[Endpoint]:
    # Where it is already, it stays.
    return _change("POST", path_of("endpoints", endpoint_id, verb), repeatable=True)


def endpoint_secret(endpoint_id: str) -> Call[SigningSecrets]:
    return _read(path_of("endpoints", endpoint_id, "secret"))


def rotate_endpoint(endpoint_id: str, rotation: RotationInput) -> Call[SigningSecrets]:
    return _change("POST", path_of("endpoints", endpoint_id, "rotate"), rotation)


def try_endpoint(endpoint_id: str, event: EndpointTest) -> Call[EndpointTested]:
    return Call("POST", path_of("endpoints", endpoint_id, "test"), body=message_json(event, "The event"))


def take_held(endpoint_id: str, take: TakeInput) -> Call[TakenDeliveries]:
    return _change("POST", path_of("endpoints", endpoint_id, "take"), take, repeatable=True)


def answer_taken(endpoint_id: str, answer: DeliveryAnswer) -> Call[AnsweredDelivery]:
    # It is counted once.
    return _change("POST", path_of("endpoints", endpoint_id, "answer"), answer, repeatable=True)


def replay_endpoint(endpoint_id: str, chosen: Mapping[str, Any]) -> Call[ReplayResult]:
    # Nothing is brought twice by it.
    return _change("POST", path_of("endpoints", endpoint_id, "replay"), filter_of(chosen), repeatable=True)


def send_event(event: EventInput, idempotency_key: str | None, correlation_id: str | None) -> Call[AcceptedEvent]:
    return Call(
        "POST",
        "/v1/events",
        body=message_json(event, "The event"),
        idempotency_key=new_idempotency_key() if idempotency_key is None else idempotency_key,
        correlation_id=correlation_id,
        repeatable=True,
    )


def dry_run_event(event: EventInput) -> Call[EventDryRun]:
    return Call("POST", "/v1/events?dryRun=true", body=message_json(event, "The event"), repeatable=True)


def get_event(event_id: str, explain: bool) -> Call[Event]:
    return _read(path_of("events", event_id), {"explain": explain or None})


def get_event_json(event_id: str) -> Call[str]:
    return Call("GET", path_of("events", event_id), repeatable=True, as_text=True)


def list_events(query: Mapping[str, Any]) -> Call[EventList]:
    return _read("/v1/events", query)


def retry_event(event_id: str) -> Call[EventListItem]:
    return _change("POST", path_of("events", event_id, "retry"))


def cancel_event(event_id: str) -> Call[CancelledEvent]:
    # Cancelled before, they stay so.
    return _change("POST", path_of("events", event_id, "cancel"), repeatable=True)
