"""Hands a host to 'edgebench fleet': how Ansible would reach it, and what its inventory says.

The job (a program, its arguments, a folder) is in the file that EDGEBENCH_FLEET_JOB names, not in a variable: Ansible takes
braces in variables for code, and the names of models are not code.
"""

import json
import os
import shlex
import subprocess

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

PREFIX = "edgebench_"


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        job_file = os.environ.get("EDGEBENCH_FLEET_JOB")
        if not job_file:
            raise AnsibleActionFail("EDGEBENCH_FLEET_JOB is not set; run this playbook with 'edgebench fleet'.")
        with open(job_file, encoding="utf-8") as file:
            job = json.load(file)
        host = self._host(task_vars or {})
        worker = subprocess.run(
            [job["program"]] + job["arguments"],
            input=json.dumps(host).encode(),
            capture_output=True,
            cwd=job["directory"],
            check=False,
            # Where Ansible is killed, the worker has still to end what runs on the board.
            start_new_session=True,
        )
        lines = worker.stdout.decode("utf-8", "replace").splitlines()
        try:
            answer = json.loads(lines[-1])
        except (IndexError, ValueError):
            said = worker.stderr.decode("utf-8", "replace").strip().splitlines()
            raise AnsibleActionFail(
                "the worker ended with status %d: %s" % (worker.returncode, said[-1] if said else "it said nothing")
            ) from None
        result.update(said=lines[-1], answer=answer, failed=worker.returncode != 0)
        return result

    def _host(self, task_vars):
        if self._connection.transport != "ssh":
            raise AnsibleActionFail(
                "its connection is '%s'; edgebench reaches boards by ssh only. Set ansible_connection to ssh."
                % self._connection.transport
            )
        if self._option("password"):
            raise AnsibleActionFail(
                "its inventory gives ssh a password; edgebench lets in keys only. Give it yours with 'ssh-copy-id'."
            )
        executable = self._option("ssh_executable") or "ssh"
        if executable not in ("ssh", "/usr/bin/ssh"):
            raise AnsibleActionFail("ansible_ssh_executable is '%s'; expected ssh." % executable)
        arguments = []
        for name in ("ssh_args", "ssh_common_args", "ssh_extra_args"):
            arguments += shlex.split(self._option(name) or "")
        key = self._option("private_key_file")
        if key:
            arguments += ["-o", 'IdentityFile="%s"' % os.path.expanduser(key)]
        port = self._option("port")
        user = self._option("remote_user")
        return {
            "name": str(task_vars["inventory_hostname"]),
            "host": str(self._option("host")),
            "port": int(port) if port else None,
            "user": str(user) if user else None,
            "ssh_arguments": [str(word) for word in arguments],
            "variables": {
                name: str(self._templar.template(task_vars[name]))
                for name in sorted(task_vars)
                if name.startswith(PREFIX)
            },
        }

    def _option(self, name):
        return self._connection.get_option(name)
