"""How the demo speaks: lines of 80 columns, each written at once, so that the mail receiver's do not fall into the story's; no
colour where nobody looks or NO_COLOR says so."""
import os
import sys
import textwrap

COLUMNS = 79
sys.stdout.reconfigure(errors="replace")
BOLD = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text):
    """The text and the end of its line, in one write."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def line(text):
    """One line, cut where it is too long."""
    say(text if len(text) <= COLUMNS else text[:COLUMNS - 1] + "…")


def tell(text):
    """Sentences."""
    say(textwrap.fill(" ".join(text.split()), COLUMNS))


def title(text):
    say(f"\n\033[1m== {text}\033[0m" if BOLD else f"\n== {text}")
