"""The HTTP API fuzzed from its own description: no server error, and every response is as described."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi

from api_server import HARBOUR, TROOPS, newsroom, serving
from natoqa.api import create_api
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings

pytestmark = pytest.mark.process

KEY = {"Authorization": "Bearer fuzzing-key"}
# Without `positive_data_acceptance`: a question since a day that is later than its last one is rightly refused.
CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
    openapi.missing_required_header,
    openapi.unsupported_method,
    openapi.ignored_auth,
]


DESCRIPTION = create_api(Settings(), SharedIndex(Settings())).openapi()
schema = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    news = newsroom(tmp_path_factory.mktemp("newsroom"), TROOPS, HARBOUR, admin_key="fuzzing-key", api_keys="reader")
    with serving(news) as url:
        yield url


def _kept(path: str, method: str) -> Any:
    """Return a test that what is described of an operation is kept."""

    @schema.include(path=path, method=method.upper()).parametrize()
    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def test(case: schemathesis.Case[Any], address: str) -> None:
        case.call_and_validate(base_url=address, checks=CHECKS, headers=KEY)

    return test


# A test of its own for each operation, by a name of its own: those of one `parametrize` share theirs (see conftest).
for _path, _operations in DESCRIPTION["paths"].items():
    for _method in _operations:
        _name = re.sub(r"\W+", "_", f"{_method}{_path}")
        globals()[f"test_{_name}_is_as_described"] = _kept(_path, _method)
