"""``python -m matchmaker.jobs``: one background worker, until it is stopped."""

from matchmaker.config import Settings
from matchmaker.jobs import worker

if __name__ == "__main__":
    worker.main(Settings())
