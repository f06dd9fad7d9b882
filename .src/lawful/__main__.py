"""`python -m lawful` is `lawful`."""

from lawful.verify.front.cli import main

if __name__ == "__main__":
    main()
