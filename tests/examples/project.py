"""A project of somebody else's that lawful is installed beside: its files."""

CONFTEST = '''
import os

import pytest

def pytest_addoption(parser):
    parser.addoption("--optimizer", default="adam", help="which optimizer to train with")
    parser.addoption("--rule", default="all", help="which rules to train by")

def pytest_configure(config):
    """Writes down which checks lawful's workers are handed."""
    if asked := os.environ.get("SPY"):
        from lawful.verify.front.session import Session

        run = Session._run

        def spied(self, check, number):
            with open(asked, "a") as file:
                print(check.property, file=file)
            return run(self, check, number)

        Session._run = spied

@pytest.fixture
def evidence():
    return "mine"
'''

PROPERTIES = """
import sys

import pytest

@pytest.fixture
def check():
    return lambda x: x == x

@pytest.fixture(params=[1, 2])
def law(request):
    return request.param

def test_symmetric(check, evidence):
    assert check(1) and evidence == "mine"

def test_law(law):
    assert law in (1, 2)

def test_nothing_was_imported(request):
    assert request.config.getoption("--optimizer") == "adam"
    assert request.config.getoption("--rule") == "all"
    assert "torch" not in sys.modules and "lawful.properties" not in sys.modules
"""

OPTIMIZERS = '''
import torch

class SGD(torch.optim.SGD):
    """As it should be."""

class Loud(torch.optim.SGD):
    """Prints at each step."""

    def step(self, closure=None):
        print("a step")
        return super().step(closure)
'''

OWN = """
import lawful
from mylib import SGD, Loud

@lawful.parametrize(SGD, profile="quick", properties=["quiet", "groups"])
def test_lawful(check):
    check()

@lawful.parametrize(Loud, "sgd", properties=["quiet"], expected_failed={"quiet": "it is new"})
def test_expected(check):
    check()

@lawful.parametrize(SGD, properties=["quiet"], expected_failed={"quiet": "it was loud once"})
def test_expected_in_vain(check):
    check()

@lawful.parametrize("mylib:Loud", properties=["quiet"])
def test_known(check):
    check()
"""

PYPROJECT = """
[tool.pytest.ini_options]
addopts = ["--strict-markers", "--strict-config"]
filterwarnings = ["error"]
pythonpath = ["."]

[tool.lawful]
targets = [{target = "mylib:Loud", rule = "sgd"}]

[tool.lawful.known]
"quiet sgd-mylib.Loud-*" = "it is new"
"""

FILES = {
    "conftest.py": CONFTEST,
    "test_properties.py": PROPERTIES,
    "mylib.py": OPTIMIZERS,
    "own.py": OWN,
    "pyproject.toml": PYPROJECT,
}
