"""`python -m posthus` is the command `posthus`."""

from posthus.app.cli import main

if __name__ == "__main__":
    main()
