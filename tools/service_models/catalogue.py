"""AWS's service models as botocore ships them, and the operation that an exchange is of."""

from dataclasses import dataclass
from functools import cache

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel

import rest_paths
from recordings import Exchange

# Folders of botocore that are not named as the service signs; checked against the model below.
_FOLDERS = {"monitoring": "cloudwatch", "states": "stepfunctions"}
_CBOR = "smithy-rpc-v2-cbor"
# What marks a request of the protocol.
_MEDIA_TYPES = {
    "application/x-www-form-urlencoded": ("query", "ec2"),
    "application/x-amz-json-1.0": ("json",),
    "application/x-amz-json-1.1": ("json",),
    "application/cbor": (_CBOR,),
}


class Unknown(Exception):
    """The models know no such service, operation or protocol."""


@dataclass(frozen=True)
class Call:
    """The operation of an exchange, and the protocol that it came in."""

    service: ServiceModel
    operation: OperationModel
    protocol: str
    # The members which the path and its query string hold, for REST.
    bound: rest_paths.Bound | None = None


@cache
def _loader() -> Loader:
    return Loader()


@cache
def service_model(signing_name: str) -> ServiceModel:
    """The newest model of the service that signs with this name."""
    folder = _FOLDERS.get(signing_name, signing_name)
    try:
        model = ServiceModel(_loader().load_service_model(folder, "service-2"), folder)
    except UnknownServiceError as error:
        raise Unknown(f"no service signs as {signing_name!r}") from error
    if model.signing_name != signing_name:
        raise Unknown(f"{folder} signs as {model.signing_name!r}, not as {signing_name!r}")
    return model


def call_of(exchange: Exchange) -> Call:
    """The operation that the exchange is of."""
    service = service_model(exchange.service)
    spoken = service.metadata.get("protocols", [service.metadata["protocol"]])
    if spoken[0] in ("rest-json", "rest-xml"):
        found = rest_paths.find(service, exchange)
        if found is None:
            raise Unknown(f"{service.service_name} has no {exchange.method} {exchange.path}")
        operation, bound = found
        return Call(service, operation, spoken[0], bound)
    media_type = exchange.request.media_type
    protocols = [name for name in _MEDIA_TYPES.get(media_type, ()) if name in spoken]
    if not protocols:
        raise Unknown(f"{service.service_name} speaks {spoken}, not {media_type!r}")
    try:
        operation = service.operation_model(exchange.action)
    except OperationNotFoundError as error:
        raise Unknown(f"{service.service_name} has no {exchange.action!r}") from error
    return Call(service, operation, protocols[0])
