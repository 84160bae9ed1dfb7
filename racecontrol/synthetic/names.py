"""Names of pilots who do not exist, from the countries that fly, and two that no terminal should trust."""

from __future__ import annotations

from typing import Final, NamedTuple

from racecontrol.synthetic.dice import Dice


class Person(NamedTuple):
    """name: given and family name. nation: three letters as the FAI writes them."""

    name: str
    nation: str


HOSTILE_NAME: Final = (
    "\x1b]0;owned\x07\x1b[2J\x1b]52;c;cm0gLXJmIH4=\x07Bobby [/] [@click=app.quit]quit[/]\u202egnorw\u202c"
)
"""Sets the title, clears the screen, writes the clipboard, closes markup, binds a click, reverses text."""

LATIN_NAME: Final = "Jürgen Weißenböck"
"""Written in Windows-1252 in its track."""

FORMULA_NAME: Final = '=HYPERLINK("http://example.invalid";"Zoë")'
"""What a spreadsheet would run."""

_NAMES: Final = {
    "FRA": ("Maël Héloïse Gaëtan Éloïse Théo", "Charbonnel Vauquelin Bréchard Mazoyer L'Hénaff"),
    "SUI": ("Reto Seraina Urs Flurina Beat", "Zgraggen Brülisauer Däppen Rüegsegger Caduff"),
    "ITA": ("Niccolò Ludovica Tommaso Fiammetta Loris", "Dell'Orto Zanetel Casagrandi Pellissier Bortoluz"),
    "GER": ("Jörn Käthe Wiebke Florian Anneliese", "Möllenbrink Grünwaldt Obermayr Weißflog Strüver"),
    "ESP": ("Íñigo Begoña Ximena Ramón Aránzazu", "Etxeberri Núñez Carballeda Muñiz Olabarría"),
    "POL": ("Łukasz Żaneta Wojciech Małgorzata Zdzisław", "Wiśniak Dąbrowiecki Żurawicz Ślązak Gołąb"),
    "CZE": ("Jiří Šárka Ondřej Květa Zdeněk", "Dvořáček Příhoda Šťastník Koťátko Říhovec"),
    "GBR": ("Alasdair Imogen Rhys Siân Fergus", "Featherstone Llewellyn-Pugh O'Dowdall Thackray Ashdown"),
    "JPN": ("Kenji Haruka Takumi Ayumi Shun", "Morikado Hoshizawa Kitabata Uenohara Sakamuro"),
    "SLO": ("Matjaž Nežka Žiga Urška Črt", "Kovačnik Žagarič Podlesnik Hribovšek Zupanek"),
    "BRA": ("João Conceição Thaís Vinícius Inês", "Albuquerqueiro Gonçalvinho Serrão Magalhãesito Brandão"),
    "TUR": ("Çağrı Gülşen Oğuz İpek Tuğba", "Yıldızhan Şahinbaş Çelikoğlu Güneştekin Özışık"),
}


def people(count: int, dice: Dice) -> list[Person]:
    """That many persons; a name comes twice only where there are more than 300."""
    everyone = [
        Person(f"{given} {family}", nation)
        for nation, (givens, families) in _NAMES.items()
        for given in givens.split()
        for family in families.split()
    ]
    rounds = -(-count // len(everyone))
    return (dice.shuffled(everyone) * rounds)[:count]
