"""Sends heartbeats with two clients that others wrote, as their documentation shows.

Takes two addresses to ping, one for each. Each job runs twice: well, and badly.
"""

import sys

from healthchecks_decorator import healthcheck
from runchecked import HealthCheckedContext


def decorated(url):
    """healthchecks-decorator: a function that says when it begins and what it returned."""

    @healthcheck(url=url, send_start=True, send_diagnostics=True)
    def copy(rows):
        if rows == 0:
            raise ValueError("nothing to copy")
        return {"rows": rows}

    copy(3)
    try:
        copy(0)
    except ValueError:
        return
    sys.exit("the second one fails")


def checked(url):
    """runchecked: commands whose output goes along."""
    with HealthCheckedContext(url, enable_tty_output=False) as job:
        job.run(["echo", "3 rows copied"])
    with HealthCheckedContext(url, enable_tty_output=False) as job:
        job.run(["sh", "-c", "echo disk full; exit 3"])


if __name__ == "__main__":
    decorated(sys.argv[1])
    checked(sys.argv[2])
