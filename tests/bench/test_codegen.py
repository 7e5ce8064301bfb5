"""The interface that generators are measured with is the same in every language."""

import re

import pytest
from codegen import capnp, grpc, mfgen, thrift
from codegen.interface import LARGE, SMALL, Interface

LANGUAGES = [mfgen, grpc, capnp, thrift]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda module: module.__name__)
def test_every_language_has_all_methods_and_structs(language):
    tiny = Interface("tiny", structs=6, methods=4, rounds=1)
    text = "\n".join(language.idl(tiny))
    assert len(re.findall(r"^(?:struct|message) S\d", text, re.M)) == 6
    assert len(re.findall(r"^  .*\b[mM]\d\b", text, re.M)) == 4
    assert len(re.findall("previous", text)) == 1  # S5 holds S4
    assert len(re.findall(r"call\d\(", "\n".join(language.user(tiny)))) == 4


def test_only_a_large_interface_is_split(tmp_path):
    assert "--split" not in mfgen.command(tmp_path, SMALL)
    assert mfgen.command(tmp_path, LARGE)[-2:] == ["--split", "8"]
