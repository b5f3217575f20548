"""A producer that uses the client which openapi-python-client has generated."""

import importlib
import os
import pkgutil

import homing_client
from homing_client import AuthenticatedClient
from homing_client.api.messages import get_message, list_messages, send_batch, send_message
from homing_client.models import Accepted, Batch, BatchAccepted, BatchEntry, BatchRefused, MessageInput, Problem

for module in pkgutil.walk_packages(homing_client.__path__, "homing_client."):
    importlib.import_module(module.name)

client = AuthenticatedClient(base_url=os.environ["HOMING_URL"], token=os.environ["HOMING_KEY"])
target = os.environ["HOMING_RECEIVER"]
message = MessageInput(target_url=target, body={"from": "python"})

first = send_message.sync(client=client, body=message, idempotency_key="python-1")
again = send_message.sync(client=client, body=message, idempotency_key="python-1")
assert isinstance(first, Accepted) and isinstance(again, Accepted)
assert first.stored is True and first.message_id == again.message_id and again.duplicate is True

shown = get_message.sync(client=client, id=first.message_id)
assert shown.idempotency_key == "python-1" and shown.history[0].from_ is None
assert first.message_id in [item.message_id for item in list_messages.sync(client=client, limit="100").items]

refused = send_message.sync(client=client, body=MessageInput(target_url="ftp://example.com"))
assert isinstance(refused, Problem) and refused.errors[0].path == "targetUrl"

entries = [BatchEntry(target_url=target), BatchEntry(target_url="ftp://example.com")]
taken, not_taken = send_batch.sync(client=client, body=Batch(messages=entries)).results
assert isinstance(taken, BatchAccepted) and isinstance(not_taken, BatchRefused)
print(first.message_id)
