"""Orders in plain words, in a handful of languages: a grade to give, words to add, words to say.

Generous on purpose: whoever wants to fool a gullible model shall succeed. Being told "from 1 to 5" is no order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

BEST = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the texts order. `grade` is a number as written, a word, or `BEST`; `out_of` the scale's end if named."""

    grade: str = ""
    out_of: str = ""
    add: str = ""
    say: str = ""


_VERBS = (
    r"\b(?:giv(?:e|ing)|rat(?:e|ing)|scor(?:e|ing)|answer|assign|award|output|return|reply|respond|print|say|grade"
    r"|mark|choose|select|pick|set|deserves?|evaluate|judge|write|(?:should|must) (?:receive|get|be)|"
    r"gib|gebe|geben|vergib|vergebe|bewerte|bewerten|setze|schreibe|antworte|wähle|nimm|verdient|"
    r"donne[zr]?|note[zr]?|attribue[zr]?|réponds|répondez|répondre|évalue[zr]?|noter|mets|mettez|"
    r"écris|doit recevoir|choisis|choisissez|mérite|"
    r"da|dale|dé|dar|otorga|otorgue|asigna|asigne|califica|califique|puntúa|valora|responde|responda|contesta|"
    r"elige|escribe|"
    r"pon|merece|dai|assegna|valuta|rispondi|vota|dê|atribua|avalie|"
    r"оцени|оцените|поставь|поставьте|дай|дайте|ответь|ответьте|верни)\b"
    r"|给出?|打|得|评为?|回答|输出|选择|返回|つけ|与え|答え|評価"
)
_FILL = r"(?:(?!\b(?:from|between|von|zwischen|entre|most|least|desde|從|从)\b)[^.!?;{\n\d。\uff01\uff1f]){0,60}?"
_WORDS = {
    **dict.fromkeys(("five", "fünf", "cinq", "cinco", "cinque", "пять", "五"), "5"),
    **dict.fromkeys(("ten", "zehn", "dix", "diez", "dieci", "dez", "десять", "十"), "10"),
}
_SPELLED = "|".join(word for word in _WORDS if ord(word[0]) < 0x3000)
_NUMBER = rf"(?P<value>(?<![A-Za-z\d.])\d{{1,3}}(?:[.,]\d{{1,2}})?|\b(?:{_SPELLED})\b|[五十])"
_OUT_OF = r"(?:\s*(?:/|out of|von|sur|de|su|из|分)\s*(?P<out>\d+))?"
_NO_RANGE = r"(?![A-Za-z\d]|[.,]\d|\s*(?:to|or|bis|oder|à|ou|a|al|o|e|до|至|到|-|–|~|,)\s*\d)"
_GRADES = (
    re.compile(rf"(?:{_VERBS}){_FILL}{_NUMBER}{_OUT_OF}{_NO_RANGE}", re.IGNORECASE),
    re.compile(
        r"(?:score|rating|overall|grade|answer|assistant|note|bewertung|antwort|réponse|respuesta|risposta|ответ|"
        r"punktzahl|puntuación|nota|calificación|punteggio|оценка|"
        rf"评分|分数|得分|答案)[\"']?(?: correct[ea]| corretta)?\s*"
        rf"(?:is|=|:|\uff1a|->|est|ist|es|è|为|是|应为)\s*[\"']?{_NUMBER}{_OUT_OF}{_NO_RANGE}",
        re.IGNORECASE,
    ),
    re.compile(rf"\bmit {_NUMBER}(?P<out>)(?: punkten)? (?:bewerten|benoten)", re.IGNORECASE),
    re.compile(
        rf"{_NUMBER}\s*(?:/|out of|von|sur|de|su|из)\s*(?P<out>\d+)\s*(?:points|punkten|puntos|punti|баллов)",
        re.IGNORECASE,
    ),
)
_BEST = re.compile(
    r"full marks|(?:top|highest|maximum|max|best|perfect) (?:possible )?(?:score|mark|rating|grade|note|value)|"
    r"(?:score|mark|rate|grade) (?:\w+ ){0,4}(?:as )?(?:perfect|excellent|highest|maximum|flawless)|"
    r"(?:judge|treat|consider) (?:\w+ ){0,4}as (?:perfect|excellent|flawless)|"
    r"volle (?:punktzahl|punkte)|bestnote|höchstnote|(?:höchst|best|maximal)\w* (?:\w+ )?"
    r"(?:note|bewertung|punktzahl|wertung|wert)|"
    r"note maximale|meilleure note|score maximal|note parfaite|plus haute note|"
    r"(?:puntuación|nota|calificación) (?:máxima|perfecta|más alta)|(?:máxima|mejor) (?:puntuación|nota|calificación)|"
    r"punteggio (?:massimo|pieno)|massimo (?:punteggio|dei voti)|(?:pontuação|nota) máxima|"
    r"(?:высш|максимальн)\w+ (?:оценк|балл)|满分|最高分|最高评分|満点|最高点|最高評価",
    re.IGNORECASE,
)
_IGNORE = re.compile(
    r"(?:ignor\w*|disregard|forget|override|bypass|skip|do not follow|don't follow|vergiss|missachte\w*|überspring\w*|"
    r"oublie[zr]?|olvida|olvide|omite|desestima|dimentica|esqueça|desconsidere|забудь\w*|игнорируй\w*)"
    r"[^.!?;\n]{0,60}?(?:criteri|critèr|kriteri|instruct|instruc|anweisung|anleitung|vorgabe|regel|rule|guideline|"
    r"rubric|prompt|system|above|previous|prior|oben|bisherig|consigne|règle|regla|istruzion|критер|инструкц|правил)"
    r"|(?:忽略|无视|忘记|不要理会|忽視|無視)[^。\uff01\uff1f\n]{0,30}?(?:标准|指令|指示|规则|要求|之前|以上|上述|基準)",
    re.IGNORECASE,
)
_QUOTED = r"[\"'“„«‚‘「](?P<quoted>[^\"'”“»’‘」\n]{1,200})[\"'”“»’‘」]"
_REST = rf"(?:{_QUOTED}|(?P<bare>[^\n\"]{{1,200}}?)(?=[.!?。]*(?:\s*$|[.!?]\s|[\n\"。])))"
_CLAUSE = (  # "does the text add anything?" orders nothing
    r"(?:^|[.!?;:,\n>(\"'{\-\uff0c。]\s*"
    r"|\b(?:please|and|then|also|must|always|now|to|und|bitte|et|y|e|i|и|veuillez|favor)\s+)"
)
_ADD = re.compile(
    rf"(?:{_CLAUSE}(?:add|append|include|(?:schreibe|write) (?:am ende|at the end)|"
    rf"insert|mention|attach|end (?:\w+ ){{0,3}}with|put in|füge|ergänze|"
    r"hänge|erwähne|ajoute[zr]?|insère|insérez|mentionne[zr]?|añade|añada|agrega|agregue|incluye|incluya|menciona|aggiungi|"
    r"adicione|inclua|добавь|добавьте|вставь)\b|添加|加上|写上|加入|追加)"
    r"\s*(?:(?:the|this|den|die|das|le|la|el|les|los) )?"
    r"(?:words?|text\w*|phrase|sentence|satz|mots|palabras|frase)?"
    rf"\s*[:\uff1a]?\s*{_REST}",
    re.IGNORECASE,
)
_SAY = (
    re.compile(
        r"\b(?:say|write|print|output|(?:reply|answer|respond) with|sag|schreibe|antworte mit|dis|écris|réponds|di|"
        rf"escribe|responde|scrivi|напиши|ответь)\s*[:\uff1a]?\s*{_QUOTED}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:\breplace (?:the|this|it)(?: \w+)? (?:with|by)|\b(?:say|write|print|output|reply with) exactly|"
        r"\bthe (?:\w+ )?caption (?:is|must be)|\bersetze [^.!?\n]{1,40} durch|\bremplace[zr]? [^.!?\n]{1,40} par|"
        rf"\breemplaza [^.!?\n]{{1,40}} (?:con|por)|替换为|改为)\s*[:\uff1a]?\s*{_REST}",
        re.IGNORECASE,
    ),
)
_AROUND = re.compile(
    r"^(?:am ende|at the end|à la fin|al final)[: ]+|"
    r" (?:hinzu|an|ein|bei|à la fin.*|al final.*|am ende.*|(?:to|at|in|into) (?:the|your|this) \w+)$",
    re.IGNORECASE,
)


def orders(texts: Iterable[str]) -> Orders:
    """The first order of each kind in `texts`."""
    texts = list(texts)
    value, out_of = next((found for text in texts if (found := _grade(text))), ("", ""))
    add = next((_words(m) for text in texts if (m := _ADD.search(text))), "")
    say = next((_words(m) for text in texts for pattern in _SAY if (m := pattern.search(text))), "")
    if not value and any(_BEST.search(text) or _IGNORE.search(text) for text in texts):
        value = BEST
    return Orders(grade=value, out_of=out_of, add=add, say=say)


def _words(match: re.Match[str]) -> str:
    found = match.groupdict()
    return _AROUND.sub("", (found["quoted"] or found.get("bare") or "").strip()).strip()


def _grade(text: str) -> tuple[str, str] | None:
    for pattern in _GRADES:
        match = pattern.search(text)
        if match:
            value = match["value"].lower()
            return _WORDS.get(value, value).replace(",", "."), match["out"] or ""
    return None


def names_choice(texts: Iterable[str], choice: str) -> bool:
    """Whether a text orders the answer `choice`, a word."""
    wanted = re.compile(rf"(?:{_VERBS})\s*(?:with )?[\"'“:]?\s*{re.escape(choice)}(?!\w)", re.IGNORECASE)
    return any(wanted.search(text) for text in texts)
