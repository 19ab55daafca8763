"""Which language an article is in: declared, by script, by words."""

import pytest

from allywatch.text.language import UNKNOWN, language_of, main_part
from builders import an_article

TEXTS = {
    "en": "The invented ministry said on Monday that nothing had happened, and that nothing would.",
    "es": "El ministerio inventado dijo el lunes que no había ocurrido nada y que no ocurriría nada.",
    "fr": "Le ministère inventé a déclaré lundi que rien ne s'était passé et que rien ne se passerait.",
    "de": "Das erfundene Ministerium sagte am Montag, es sei nichts geschehen und es werde nichts geschehen.",
    "pl": "Zmyślone ministerstwo oświadczyło w poniedziałek, że nic się nie stało i nic się nie stanie.",
    "vi": "Bộ hư cấu cho biết hôm thứ Hai rằng không có gì xảy ra và sẽ không có gì xảy ra cả.",
    "lt": "Išgalvota ministerija pirmadienį pranešė, kad nieko neįvyko ir kad nieko neįvyks toliau.",
    "lv": "Izdomātā ministrija pirmdien paziņoja, ka nekas nav noticis un ka nekas arī nenotiks.",
    "et": "Väljamõeldud ministeerium teatas esmaspäeval, et midagi ei ole juhtunud ega juhtu ka edaspidi.",
    "it": "Il ministero inventato ha detto lunedì che non era successo nulla e che nulla sarebbe successo.",
    "uk": "Вигадане міністерство повідомило в понеділок, що нічого не сталося і нічого не станеться.",
    "ru": "Вымышленное министерство сообщило в понедельник, что ничего не случилось и не случится.",
    "zh-Hans": "虚构的部门周一表示，什么事情都没有发生，今后也不会发生任何事情，请大家放心。",
    "zh-Hant": "虛構的部門週一表示，什麼事情都沒有發生，今後也不會發生任何事情，請大家放心。",
    "ja": "架空の省は月曜日、何も起きておらず、これからも何も起きないと発表した。",
    "ko": "가상의 부처는 월요일 아무 일도 일어나지 않았고 앞으로도 없을 것이라고 밝혔다.",
    "ar": "قالت الوزارة المتخيلة يوم الاثنين إن شيئا لم يحدث وإن شيئا لن يحدث بعد ذلك أبدا.",
}


def language(text: str, declared: str | None = None) -> str:
    return language_of(an_article(title="", body=text, language=declared), "\n\n" + text)


@pytest.mark.parametrize("tag", TEXTS)
def test_a_text_that_declares_nothing_is_known_by_itself(tag: str) -> None:
    assert language(TEXTS[tag]) == tag


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en-US", "en"),
        ("EN_gb", "en"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("ua", "uk"),
        ("ukr", "uk"),
        ("iw", "he"),
        ("sw", "sw"),
    ],
)
def test_a_declaration_is_made_one_of_our_tags(declared: str, tag: str) -> None:
    assert language("short", declared) == tag


@pytest.mark.parametrize("tag", [tag for tag in TEXTS if tag != "en"])
def test_english_that_software_declared_unasked_is_not_believed(tag: str) -> None:
    assert language(TEXTS[tag] * 2, "en-US") == tag


def test_plain_chinese_is_told_apart_by_its_characters() -> None:
    assert language(TEXTS["zh-Hant"], "zh") == "zh-Hant"
    assert language(TEXTS["zh-Hans"], "zh") == "zh-Hans"


@pytest.mark.parametrize("text", ["", "123 456", "!!!", "\u200b"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert language(text) == UNKNOWN
    assert main_part(UNKNOWN) is None
    assert main_part("zh-Hant") == "zh"
