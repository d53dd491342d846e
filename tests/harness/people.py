# SPDX-License-Identifier: ISC
"""Made-up subscribers and issues."""

GIVEN = ("Anna Bo Camilla Ditte Erik Freja Gustav Hanne Ib Jytte Karen Lars "
         "Mette Niels Oda Peter Rikke Søren Tina Ulla Vagn Yrsa Åse "
         "Øyvind").split()
FAMILY = ("Aagaard Bruun Dahl Friis Holm Iversen Kirkegaard Lauridsen "
          "Mikkelsen Nørgaard Poulsen Ravn Skov Thomsen Vestergaard "
          "Østergaard").split()


def address(n):
    return f"laeser{n}@laeserne.example"


def csv(count, first=1):
    """A CSV of `count` subscribers with names."""
    lines = ["email,navn"]
    for n in range(first, first + count):
        lines.append(f"{address(n)},{GIVEN[n % len(GIVEN)]} "
                     f"{FAMILY[n % len(FAMILY)]}")
    return "\n".join(lines) + "\n"


def issue(number, body="Kære {{fornavn|læser}}\n\nHer er lidt nyt.\n"):
    """A short issue; another number is other content."""
    return (f"---\nsubject: Nyhedsbrev {number} - Rummelig imidt\n"
            f"---\n\n# Nyt {number}\n\n{body}")
