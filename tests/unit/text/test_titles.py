import pytest

from bot.text.titles import undated


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("2026-06-09 Ferries go electric", "Ferries go electric"),
        ("23.01.2022 - Fähren fahren elektrisch", "Fähren fahren elektrisch"),
        ("[16.08.2018 - 16:30 Uhr] Insekteneinsatz", "Insekteneinsatz"),
        ("09/06/2026 4:30 pm: Ferries go electric", "Ferries go electric"),
        ("【2026年6月9日】渡輪今年春天改用電力", "渡輪今年春天改用電力"),
        ("2026年6月9日 渡輪改用電力", "渡輪改用電力"),
        ("Ferries of 2026-06-09 go electric", "Ferries of 2026-06-09 go electric"),
        ("2026-06-09", "2026-06-09"),
        ("2026-06-09: A", "2026-06-09: A"),
        ("2005 ferries went electric", "2005 ferries went electric"),
        ("1.2.2026.1 of the driver is out", "1.2.2026.1 of the driver is out"),
        ("", ""),
    ],
)
def test_a_date_in_front_of_a_title_is_not_shown(title: str, shown: str) -> None:
    assert undated(title) == shown
