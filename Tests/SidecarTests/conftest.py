# SPDX-License-Identifier: Apache-2.0
import pytest
from sidecar import Ministack, Sidecar


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    ministack = Ministack(tmp_path_factory.mktemp("ministack"))
    yield ministack
    ministack.close()


@pytest.fixture
def serve(aws):
    """Starts sidecars, on a table of their own unless told otherwise."""
    started = []

    def start(table=None, port=0, **variables):
        sidecar = Sidecar({**aws.variables(table or aws.table()), **variables}, port)
        started.append(sidecar)
        return sidecar

    yield start
    for sidecar in started:
        if sidecar.process.poll() is None:
            sidecar.close()
