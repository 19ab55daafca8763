"""`python -m allywatch`: the command line."""

from allywatch.cli import main

if __name__ == "__main__":
    main()
