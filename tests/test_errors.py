import pickle

from burnish.errors import MissingPackage


def test_a_missing_package_comes_back_from_a_worker_as_it_was() -> None:
    error = MissingPackage("cykooz.resizer")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert "'cykooz' is not installed" in str(error)
