"""Notes the processes of functions, names them to the front, and kills them as they answer."""

import os

from ministack.core import lambda_runtime
from ministack.services import lambda_svc


def _note(worker, kind):
    name = worker.config["FunctionName"]
    return os.path.join(os.environ["TMPDIR"], f"{name}.{kind}")


_environment = lambda_svc._provided_worker_env


def _environment_with_the_function_s_name(config, *rest):
    # The SDKs put it into the user agent, by which the front tells whose call it is.
    name = f"AWS_Lambda_{config['Runtime']}.{config['FunctionName']}"
    return {**_environment(config, *rest), "AWS_EXECUTION_ENV": name}


_spawn = lambda_runtime.ProvidedWorker._spawn


def _spawn_noted(worker, *rest, **more):
    _spawn(worker, *rest, **more)
    with open(_note(worker, "pids"), "a") as pids:
        print(worker._proc.pid, file=pids)


_record_result = lambda_runtime.ProvidedWorker._record_result


def _record_result_unless_killed(worker, *result):
    try:
        os.remove(_note(worker, "kill"))
    except FileNotFoundError:
        return _record_result(worker, *result)
    worker._proc.kill()
    return False


def install():
    """Puts this around what the emulator does."""
    lambda_svc._provided_worker_env = _environment_with_the_function_s_name
    lambda_runtime.ProvidedWorker._spawn = _spawn_noted
    lambda_runtime.ProvidedWorker._record_result = _record_result_unless_killed
