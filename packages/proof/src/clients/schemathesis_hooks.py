"""What is sent in these tests goes to a receiver of their own, and to nobody else."""

import os

import schemathesis

RECEIVER = os.environ["HOMING_RECEIVER"]


def led_to_receiver(message):
    if isinstance(message, dict) and str(message.get("targetUrl", "")).startswith("http"):
        message["targetUrl"] = RECEIVER


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if not isinstance(body, dict):
        return
    led_to_receiver(body)
    messages = body.get("messages")
    if isinstance(messages, list):
        for message in messages:
            led_to_receiver(message)
