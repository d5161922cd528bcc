"""Personal data and secrets in captions: kept in the data, flagged, and masked wherever a report shows them.

Letters and digits are ASCII's, for a number may stand between ideographs without a space. What has a check is
checked (Luhn for cards, mod 97 for IBAN). Only fixed forms are found: names and postal addresses have none.
"""

from __future__ import annotations

import re

_EMAIL = re.compile(r"(?a)(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_PHONE = re.compile(
    r"(?a)(?<![\w.,/:#-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){1,4}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})(?![\w-])"
)
_CARD = re.compile(  # in the groups it is printed in, or in one piece
    r"(?a)(?<![\w.-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}|\d{13,19})(?![\w-])"
)
_IBAN = re.compile(r"(?a)(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_SSN = re.compile(r"(?a)(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_SECRET = re.compile(
    r"(?a)(?<!\w)(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|hf_[A-Za-z0-9]{30,}"
    r"|sk-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35}|glpat-[\w-]{20,}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
)
_MIN_PHONE_DIGITS = 7  # E.164 has at most 15; below 7 it is a number, not a line


def holds_pii(text: str) -> bool:
    """Whether `text` holds an e-mail address, phone, card, bank account or US social security number."""
    return any(True for _ in _pii_spans(text))


def holds_secret(text: str) -> bool:
    """Whether `text` holds a key or token in one of the well-known forms."""
    return _SECRET.search(text) is not None


def mask(text: str) -> str:
    """`text` with each finding replaced by its kind in brackets: "write to [email]". Linear in the text."""
    text = _SECRET.sub("[secret]", text)
    text = _EMAIL.sub("[email]", text)
    text = _IBAN.sub(lambda m: "[iban]" if _is_iban(m[0]) else m[0], text)
    text = _CARD.sub(lambda m: "[card]" if _is_card(m[0]) else m[0], text)
    text = _SSN.sub("[ssn]", text)
    return _PHONE.sub(lambda m: "[phone]" if _is_phone(m[0]) else m[0], text)


def _pii_spans(text: str) -> list[str]:
    if "@" not in text and not any(map(str.isdigit, text)):
        return []
    found = [m[0] for m in _EMAIL.finditer(text)] + [m[0] for m in _SSN.finditer(text)]
    found += [m[0] for m in _IBAN.finditer(text) if _is_iban(m[0])]
    found += [m[0] for m in _CARD.finditer(text) if _is_card(m[0])]
    return found + [m[0] for m in _PHONE.finditer(text) if _is_phone(m[0])]


def _digits(text: str) -> list[int]:
    return [int(c) for c in text if c.isdigit()]


def _is_phone(text: str) -> bool:
    return _MIN_PHONE_DIGITS <= len(_digits(text)) <= 15


def _is_card(text: str) -> bool:
    digits = _digits(text)
    doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in rearranged)) % 97 == 1
