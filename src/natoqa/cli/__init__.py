"""The command line: parses, prints and exits; all else is done by the Python API.

process    one command from its arguments to its exit code; errors become two lines
commands   index, ask, search, chat, status, eval, mcp
keeping    conversations, feedback
logins     user
report     results as text for people
watching   index --watch
terminal   chat --terminal
console    stdout for results, stderr for progress and log
"""

from natoqa.cli.process import main

__all__ = ["main"]
