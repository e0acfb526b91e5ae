"""S3 beneath Beam's filesystem, without what makes that slow or mute.

Beam 2.77 makes a new boto3 client for every call (0.25 s of processor time, as measured on 2 shared cores), writes the
smallest object in three requests, knows no conditional writes, and repeats for ten minutes what no repetition mends,
such as missing credentials.  Options are Beam's (``--s3_endpoint_url`` and others), else boto3's own: environment
variables, ~/.aws, the machine's role.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

from apache_beam.io.aws import s3io
from apache_beam.io.aws.clients.s3 import boto3_client
from apache_beam.io.aws.clients.s3.messages import S3ClientError
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions, S3Options
from apache_beam.utils import retry
from apache_beam.utils.retry import PermanentException
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError, ParamValidationError
from botocore.exceptions import ConnectionError as NoConnection

# Objects up to this size are sent in one request, larger ones in parts, some at a time, by boto3.
_ONE_REQUEST_BYTES = 8 * 1024 * 1024
# What a conditional write answers where the object is not as it was.
_CHANGED = (404, 409, 412)

_NETWORK = (HTTPClientError, NoConnection, IncompleteReadError)

# boto3's clients by process and options.  Those of the process that this one was forked from are kept as well:
# to drop them would close sockets whose numbers may be in use for other files here.
_clients: dict[tuple, Any] = {}


class Hopeless(PermanentException):
    """What Beam is neither to repeat nor to log: missing credentials, denied access, names that cannot be.

    Args:
        message: what boto3 says.
        code: HTTP status, where the server answered.
    """

    def __init__(self, message: str, code: int | None = None):
        super().__init__(message)
        self.code = code


class _Client(boto3_client.Client):
    """Beam's client with boto3's shared by the whole process."""

    def __init__(self, options: Any):
        key = (os.getpid(), _described(options))
        if key not in _clients:
            super().__init__(options)
            _clients[key] = self.client
        self.client = _clients[key]
        self._download_request = self._download_stream = None
        self._download_pos = 0

    def get_object_metadata(self, request: Any) -> Any:
        with _no_repeating_of_the_hopeless():
            return super().get_object_metadata(request)

    def get_stream(self, request: Any, start: int) -> Any:
        with _no_repeating_of_the_hopeless():
            return super().get_stream(request, start)

    def list(self, request: Any) -> Any:
        with _no_repeating_of_the_hopeless():
            return super().list(request)


def share_clients() -> None:
    """Lets Beam's S3 filesystem use the clients of this module."""
    boto3_client.Client = _Client  # type: ignore[misc]
    # Each repetition would be told with a traceback; what fails for good is raised.
    logging.getLogger(retry.__name__).setLevel(logging.CRITICAL)


@contextlib.contextmanager
def _no_repeating_of_the_hopeless() -> Iterator[None]:
    try:
        yield
    except S3ClientError as error:
        cause = error.__context__
        answered = error.code is not None
        if answered and 400 <= error.code < 500 and error.code not in (404, 408, 429):
            raise Hopeless(error.message, error.code) from error
        if not answered and isinstance(cause, BotoCoreError) and not isinstance(cause, _NETWORK):
            raise Hopeless(_said(cause)) from error
        raise


def _described(options: Any) -> tuple:
    if isinstance(options, PipelineOptions):
        options = options.view_as(S3Options).get_all_options()
    return tuple(sorted((name, value) for name, value in options.items() if name.startswith("s3_")))


def _boto() -> Any:
    return s3io.S3IO(options=FileSystems._pipeline_options or PipelineOptions([])).client.client


def _may_pass(error: Exception) -> bool:
    return isinstance(error, _NETWORK) or (isinstance(error, ClientError) and _code(error) >= 500)


# Beam asks again where it reads and lists, for ten minutes; a run is not to fail earlier because it writes.
_patiently = retry.with_exponential_backoff(retry_filter=_may_pass)


@_patiently
def upload(data: BinaryIO, size: int, path: str) -> None:
    """Writes an object; it appears whole, and what an error leaves of a large one is taken away again.

    Args:
        data: all of it is written.
        size: of it.
        path: ``s3://BUCKET/KEY``.
    """
    bucket, key = s3io.parse_s3_path(path)
    data.seek(0)
    if size <= _ONE_REQUEST_BYTES:
        _boto().put_object(Bucket=bucket, Key=key, Body=data.read())
    else:
        _boto().upload_fileobj(data, bucket, key)


@_patiently
def copy(path: str, target: str) -> None:
    """Copies an object, without its data coming by; Beam's own copying passes over errors."""
    bucket, key = s3io.parse_s3_path(path)
    _boto().copy({"Bucket": bucket, "Key": key}, *s3io.parse_s3_path(target))


@_patiently
def read(path: str) -> tuple[bytes, str] | None:
    """A small object and its ETag; None where there is none."""
    bucket, key = s3io.parse_s3_path(path)
    try:
        found = _boto().get_object(Bucket=bucket, Key=key)
        return found["Body"].read(), found["ETag"]
    except ClientError as error:
        if _code(error) == 404:
            return None
        raise


@_patiently
def write_if(path: str, data: bytes, tag: str) -> bool:
    """Writes an object if its ETag still is ``tag`` (empty: if there still is none), and says whether it did so.

    Stores that know no conditional writes (S3 has them since 2024, MinIO and Ceph in recent releases) refuse the
    condition or pass over it; there it is written in any case.
    """
    bucket, key = s3io.parse_s3_path(path)
    condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
    try:
        _boto().put_object(Bucket=bucket, Key=key, Body=data, **condition)
    except ClientError as error:
        if _code(error) in _CHANGED:
            # It may have been this very call that wrote it, when the answer was lost and boto3 asked again.
            found = read(path)
            return found is not None and found[0] == data
        if _code(error) != 501:
            raise
        _boto().put_object(Bucket=bucket, Key=key, Body=data)
    return True


def abort_uploads(folder: str) -> None:
    """Takes away the parts of large objects below ``folder`` whose writers were killed: they are stored, and unseen."""
    bucket, prefix = s3io.parse_s3_path(folder.rstrip("/") + "/")
    for page in _boto().get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
        for begun in page.get("Uploads", ()):
            _boto().abort_multipart_upload(Bucket=bucket, Key=begun["Key"], UploadId=begun["UploadId"])


def problem_of(path: str, writing: bool) -> str:
    """Why a bucket cannot be used, as far as one request tells; empty where it can.

    Args:
        path: in the bucket.
        writing: whether it has to be listed, too; who reads single objects may lack the right to.
    """
    bucket = path.removeprefix("s3://").partition("/")[0]
    if not bucket:
        return "names no bucket; S3 paths are s3://BUCKET/PATH"
    try:
        _boto().head_bucket(Bucket=bucket)
    except ParamValidationError:
        return f"{bucket} cannot be the name of a bucket"
    except ClientError as error:
        code = _code(error)
        if code == 404:
            return f"there is no bucket {bucket}"
        if code == 403:
            return f"access to the bucket {bucket} was denied; are these the right credentials?" if writing else ""
        return f"the bucket {bucket} cannot be used: {_said(error)}"
    except (BotoCoreError, ValueError) as error:
        return f"S3 cannot be used: {_said(error)}"
    return ""


def _said(error: Exception) -> str:
    return " ".join(str(error).split())


def _code(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
