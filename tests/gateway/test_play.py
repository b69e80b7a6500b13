from gateway import demo, play


def test_serials_are_unguessable_and_can_be_read_aloud():
    made = {play.serial() for _ in range(1000)}
    assert len(made) == 1000
    assert not set("01IO") & set("".join(made))


def test_a_unit_knows_its_code_and_its_page():
    unit = play.Unit("ABC")
    assert unit.code == f"https://id.gs1.org/01/{demo.GTIN}/21/ABC"
    assert unit.path == f"/01/{demo.GTIN}/21/ABC"
