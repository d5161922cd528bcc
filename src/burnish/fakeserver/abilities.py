"""What this server can do, as other servers can or cannot: a request is refused, or goes on without what it asked."""

from __future__ import annotations

from dataclasses import replace

from burnish.fakeserver.chat import ChatRequest, Message, Refused
from burnish.fakeserver.draws import digest
from burnish.fakeserver.settings import Ability, Settings


def admit(request: ChatRequest, settings: Settings) -> ChatRequest:
    """The request as this server understands it; raises `Refused` (400, 404) for what it cannot do."""
    if request.model and request.model != settings.model_id:
        raise Refused(
            404, f"the model {request.model!r} does not exist here, only {settings.model_id!r}", code="model_not_found"
        )
    request = _structures(_images(_logprobs(request, settings), settings), settings)
    if len(request.structures) > 1:
        raise Refused(400, f"ask for one form only, not {' and '.join(s.by for s in request.structures)}")
    return request


def _lacks(ability: Ability, name: str) -> bool:
    """Whether to go on without it."""
    if ability is Ability.REFUSED:
        raise Refused(400, f"{name} is not supported by this server", code="unsupported_parameter")
    return ability is Ability.IGNORED


def _logprobs(request: ChatRequest, settings: Settings) -> ChatRequest:
    if request.logprobs and _lacks(settings.logprobs, "logprobs"):
        return replace(request, logprobs=False, top_logprobs=0)
    return request


def _images(request: ChatRequest, settings: Settings) -> ChatRequest:
    count = len(request.images)
    if count and _lacks(settings.images, "image input"):
        blind = tuple(Message(role=message.role, text=message.text) for message in request.messages)
        return replace(request, messages=blind, key=digest(repr(blind).encode("utf-8", "surrogatepass")))
    if count > settings.max_images:
        raise Refused(400, f"at most {settings.max_images} images may be sent, not {count}", code="too_many_images")
    return request


def _structures(request: ChatRequest, settings: Settings) -> ChatRequest:
    kept = tuple(s for s in request.structures if not _lacks(Ability(getattr(settings, s.by)), s.by))
    return replace(request, structures=kept)
