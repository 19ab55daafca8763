import pytest

from allywatch.regions import Registry, load_registry
from allywatch.text import ArticleReader


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="session")
def reader(registry: Registry) -> ArticleReader:
    return ArticleReader(registry)
