"""Start the chat page in an environment where natoqa is installed; takes the options of `natoqa chat`."""

import sys

from natoqa.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "chat")
    sys.exit(main())
