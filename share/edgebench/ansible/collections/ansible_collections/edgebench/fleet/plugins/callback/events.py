"""Tells edgebench what becomes of every host: one JSON object a line on standard output, and nothing else there."""

import json
import sys

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: events
type: stdout
short_description: one JSON object a line, for 'edgebench fleet'
description:
  - Tells 'edgebench fleet' what becomes of every host.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "edgebench.fleet.events"

    def _tell(self, event, **members):
        # ASCII only: no name from an inventory can end the line.
        sys.stdout.write(json.dumps({"event": event, **members}) + "\n")
        sys.stdout.flush()

    def v2_runner_on_start(self, host, task):
        self._tell("started", host=host.get_name())

    def v2_runner_on_ok(self, result):
        said = result._result.get("said")
        if said is not None:
            self._tell("worked", host=result._host.get_name(), said=str(said))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        host = result._host.get_name()
        if result._result.get("said") is not None:
            self._tell("worked", host=host, said=str(result._result["said"]))
        else:
            self._tell("failed", host=host, reason=self._reason(result._result))

    def v2_runner_on_unreachable(self, result):
        self._tell("failed", host=result._host.get_name(), reason=self._reason(result._result))

    def v2_playbook_on_no_hosts_matched(self):
        self._tell("no_hosts")

    def v2_playbook_on_stats(self, stats):
        harmed = set(stats.failures) | set(stats.dark)
        self._tell("ended", hosts=sorted(str(host) for host in stats.processed if host not in harmed))

    @staticmethod
    def _reason(result):
        # A module that broke says so in its output, a loop in its items.
        for item in [result] + list(result.get("results") or []):
            if item.get("failed", True) and item.get("msg"):
                said = str(item.get("module_stderr") or "").strip().splitlines()
                return " ".join(str(item["msg"]).split()) + (": " + said[-1] if said else "")
        return "Ansible gave no reason"
