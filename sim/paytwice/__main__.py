"""`python -m paytwice` is `paytwice`."""

from paytwice.cli import main

if __name__ == "__main__":
    main(prog_name="paytwice")
