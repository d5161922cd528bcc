"""The English words that the rules go by. What is in no list counts as a noun.

Kept small on purpose: closed classes whole, of verbs and adjectives those that captions use to say where things are and
what they look like.
"""

from __future__ import annotations

from collections.abc import Iterable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        (
            *(
                "zero",
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
            ),
            *("thirteen", "fourteen", "fifteen"),
        )
    )
} | {"single": "1", "both": "2", "dozen": "12", "twenty": "20"}

DETERMINERS = _words(
    "a an the this that these those its their his her my our your some any each every another other several many "
    "few various multiple all"
)
NEGATIONS = _words("no neither nor without")
NEGATING_ADVERBS = _words("not never nowhere isn't aren't doesn't don't cannot can't")
CONJUNCTIONS = _words("and or but while whereas plus with as which that")
PREPOSITIONS = _words(
    "of at to from for by about into onto across along around through during per than like among amongst amid "
    "beyond within throughout upon off out up down toward towards against until since after before despite except "
    "besides opposite via"
)
PRONOUNS = _words(
    "it they them there here he she we you i one everything something nothing someone what who where when"
)
ADVERBS = _words(
    "rather very quite too also just only almost nearly about well away apart together again else so still already "
    "visible present seen clearly there somewhat slightly easy hard ready fully entirely far more most less least"
)
"""And what stands like one after a verb and says nothing of its own ("is visible")."""

LY_NOUNS = ("fly", "family", "lily", "belly", "jelly", "bully", "ally", "assembly")
"""Ends of nouns that look like adverbs."""

REFERRING = _words("it they")
"""Pronouns that stand for what was last spoken of."""

ADJECTIVES = {
    "color": "red orange yellow green blue purple pink black white gray grey brown beige golden silver violet "
    "turquoise cyan magenta maroon navy teal tan cream colorful colourful multicolored dark light bright pale",
    "size": "large big huge small tiny little tall short long wide narrow thick thin giant miniature enormous",
    "pattern": "striped checkered dotted spotted plain patterned plaid solid",
    "material": "wooden metal metallic plastic glass stone brick leather paper golden furry fluffy",
    "shape": "round square circular rectangular triangular oval curved straight flat pointed",
    "state": "old new young open closed empty full broken shiny wet dry clean dirty beautiful pretty cute happy sad "
    "simple modern vintage traditional bare upright blurry",
}
ADJECTIVE_WORDS = frozenset(word for words in ADJECTIVES.values() for word in words.split())

FRAME = _words(
    "picture image drawing illustration photo photograph scene view side half part corner area middle center "
    "centre top bottom left right color colour size number word text title lettering group pair couple kind type "
    "lot name object thing item foreground caption clipart spot place position total look appearance hue shade "
    "tone shape pattern space edge end third rest"
)
"""Nouns that speak of the picture, not of what is in it."""

LOOKS = _words("look appearance color colour hue shade tone size shape pattern")
"""Framing nouns whose adjectives say what something else looks like ("has a red color")."""

BACKGROUNDS = _words("background backdrop")

IRREGULAR = {
    "leaves": "leaf", "knives": "knife", "wolves": "wolf", "shelves": "shelf", "loaves": "loaf", "halves": "half",
    "lives": "life", "wives": "wife", "calves": "calf", "scarves": "scarf", "axes": "axe", "children": "child",
    "people": "person", "feet": "foot", "teeth": "tooth", "geese": "goose", "mice": "mouse", "dice": "die",
    "oxen": "ox", "buses": "bus", "lenses": "lens", "shoes": "shoe", "canoes": "canoe", "toes": "toe",
    "potatoes": "potato", "tomatoes": "tomato",
}  # fmt: skip

_VERBS = _words(
    "have do show see appear contain feature depict include display hold stand sit lie lay hang float fly walk "
    "run ride carry wear look face rest play eat drink read say write draw paint print place locate position set "
    "put surround fill cover decorate attach connect touch lean point move turn grow bloom shine title label name "
    "mark call count find arrange stack spread scatter line park drive sail swim jump climb sleep smile watch "
    "talk make use give take get keep come go can could may might will would should must seem spot notice observe "
    "reveal present illustrate portray render represent consist comprise form stretch extend rise hover perch "
    "dangle chase push pull lift throw catch pour wash open close build break burn fall roll slide follow lead "
    "meet join enjoy wait stay remain leave enter visit pose gaze stare listen sing dance wrap pack load bring"
)
_FORMS = _words(
    "be is are was were been being am has had having does did shown seen sat lain laid lay hung flown flew ran "
    "rode worn wore ate eaten drunk said written wrote drew drawn held stood grew grown shone found made gave "
    "given took taken got went gone kept came swam"
)


def _inflected(verbs: Iterable[str]) -> Iterable[str]:
    for verb in verbs:
        stem = verb.removesuffix("e")
        yield from (
            verb,
            f"{verb}s",
            f"{verb}es",
            f"{stem}ed",
            f"{stem}ing",
            f"{verb}{verb[-1]}ing",
            f"{verb}{verb[-1]}ed",
        )
        if verb.endswith("y"):
            yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied")


VERBS = frozenset((*_inflected(_VERBS), *_FORMS))


def singular(noun: str) -> str:
    """The singular of a lower-case English noun; a word that is none of the plurals known here stays."""
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun.endswith("men") and len(noun) > 4:
        return f"{noun[:-3]}man"
    if noun.endswith(("ss", "us", "is")) or not noun.endswith("s") or len(noun) < 4:
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if noun.endswith(("xes", "ches", "shes", "sses", "zes", "oes")):
        return noun[:-2]
    return noun[:-1]


_PLURAL = {one: many for many, one in IRREGULAR.items()}
_SAME = _words("fish sheep deer aircraft fruit food clothing")
"""Words whose plural is the same, and masses, which have none."""


def plural(noun: str) -> str:
    """The plural of a singular lower-case English noun; of a compound ("alarm clock") that of its last word."""
    first, space, last = noun.rpartition(" ")
    if last in _SAME:
        return noun
    if last in _PLURAL:
        return f"{first}{space}{_PLURAL[last]}"
    if last.endswith("man") and len(last) > len("man"):
        return f"{noun[:-2]}en"
    if last.endswith(("s", "x", "z", "ch", "sh")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if last.endswith("y") and last[-2:-1] not in tuple("aeiou") else f"{noun}s"
