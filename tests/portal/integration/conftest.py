import pytest
from ckan import model
from ckan.lib import search


@pytest.fixture
def empty(non_clean_db):
    """No dataset, organisation or user. The rows go, the tables stay: clean_db makes them anew each time, which is slow."""
    model.repo.delete_all()
    search.clear_all()
