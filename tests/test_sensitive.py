"""What counts as personal or secret, and how it is masked."""

import pytest

from burnish.sensitive import holds_pii, holds_secret, mask

PERSONAL = {
    "write to jane.doe@mail.example.com now": "write to [email] now",
    "call +1 555-123-4567 today": "call [phone] today",
    "tel. (555) 123-4567": "tel. [phone]",
    "+49 30 1234567": "[phone]",
    "card 4111 1111 1111 1111.": "card [card].",
    "IBAN DE89 3704 0044 0532 0130 00": "IBAN [iban]",
    "SSN 078-05-1120": "SSN [ssn]",
}
HARMLESS = (
    "A dog on a beach, 2017-03-04",
    "IMG_20170304_123456.jpg",
    "1920x1080 wallpaper 4k",
    "ISBN 978-3-16-148410-0",
    "pack of 12, 3.5 inch, 10-20 cm, $1,299.00",
    "0000 0000 0000 0000",
    "version 1.2.3.4567",
    "@handle at the pub",
    "5 stars 100% 24/7",
)
SECRET = (
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "hf_" + "Ab" * 17,
    "-----BEGIN RSA " + "PRIVATE KEY-----",
)


@pytest.mark.parametrize("text", PERSONAL)
def test_personal_data_is_found_and_masked(text):
    assert holds_pii(text)
    assert mask(text) == PERSONAL[text]
    assert not holds_pii(mask(text))


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_of_captions_are_not_personal(text):
    assert not holds_pii(text)
    assert mask(text) == text


@pytest.mark.parametrize("text", SECRET)
def test_secrets_are_found_and_masked(text):
    assert holds_secret(f"see {text} here")
    assert mask(f"see {text} here") == "see [secret] here"


def test_a_card_must_pass_its_checksum():
    assert not holds_pii("number 4111 1111 1111 1112")
