"""Outputs are told in a line until somebody opens them."""

from playwright.sync_api import expect

import pictures


def line(page):
    return page.locator(".tb-Outputs-line")


def test_a_line_says_what_changed_in_the_outputs(compared, made):
    done = made.stream("done\n", "stderr")

    def cell(auc, level):
        plot = made.output(image__png=pictures.bars(level=level))
        return made.code("score()", made.stream(f"auc {auc}\n"), plot, done)

    page = compared([cell(0.85, 60)], [cell(0.87, 90)])
    words = "Outputs: auc 0.85 → 0.87, up 0.02 · plot changed · 1 the same"
    expect(line(page)).to_have_text(words)
    expect(line(page)).to_have_attribute("aria-expanded", "false")
    expect(page.locator("img, .tb-Text")).to_have_count(0)
    line(page).press("Enter")
    expect(page.locator(".tb-Output")).to_have_count(2)
    page.get_by_role("button", name="1 output is the same").click()
    expect(page.locator(".tb-Output").last).to_have_text("done")
    line(page).click()
    expect(page.locator(".tb-Output").first).to_be_hidden()


def test_outputs_that_are_the_same_are_one_quiet_line(compared, made):
    printed = made.stream("37\n"), made.output(text__plain="38")
    page = compared([made.code("a", *printed)], [made.code("b", *printed)])
    expect(line(page)).to_have_text("2 outputs, the same")
    line(page).click()
    expect(page.locator(".tb-Output")).to_have_text(["37", "38"])
    expect(page.locator(".tb-Output :is(del, ins), .tb-Line-sign:visible")).to_have_count(0)


def test_what_came_and_went_is_named(compared, made):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "no", "traceback": []}
    page = compared([made.code("a", error)], [made.code("a", made.stream("37"))])
    expect(line(page)).to_have_text("Outputs: error KeyError removed · text added")
    line(page).click()
    expect(page.locator(".tb-Output.tb-removed")).to_contain_text("KeyError: no")
    expect(page.locator(".tb-Output.tb-added")).to_contain_text("37")


def test_a_new_cell_shows_its_outputs(compared, made):
    kept = made.code("kept()", name="k")
    page = compared([kept], [kept, made.code("new()", made.stream("fresh"), name="n")])
    expect(page.locator(".tb-Output")).to_contain_text("fresh")


def test_all_outputs_open_and_fold_at_once(compared, made):
    def cells(number):
        return [made.code(f"x{n}", made.stream(f"{number}"), name=f"u{n}") for n in range(3)]

    page = compared(cells(1), cells(2))
    every = page.get_by_role("button", name="Open all outputs")
    every.click()
    expect(page.locator(".tb-Output:visible")).to_have_count(3)
    every.click()
    expect(page.locator(".tb-Output:visible")).to_have_count(0)


def test_nothing_offers_to_trust_what_others_wrote(compared, made):
    def cell(word):
        return made.code("a", made.output(text__html=f"<b>{word}</b><script>1</script>"))

    page = compared([cell("one")], [cell("two")])
    line(page).click()
    expect(page.get_by_role("button", name="Run this output")).to_have_count(2)
    expect(page.get_by_role("button", name="Trust")).to_have_count(0)
    assert page.locator(".tb-Diff b").count() == 0
