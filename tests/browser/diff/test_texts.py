"""Texts by number, word and line; Markdown also as it is read."""

import time

from playwright.sync_api import expect


def printed(compared, made, before, after):
    page = compared(
        [made.code("print()", made.stream(before))], [made.code("print()", made.stream(after))]
    )
    page.locator(".tb-Outputs-line").click()
    return page


def test_the_same_words_with_other_numbers_are_read_number_by_number(compared, made):
    page = printed(compared, made, "auc: 0.85, loss=1.2e-3\n", "auc: 0.87, loss=9e-4\n")
    line = "Outputs: auc 0.85 → 0.87, loss 1.2e-3 → 9e-4"
    expect(page.locator(".tb-Outputs-line")).to_have_text(line)
    text = "auc: 0.85 → 0.87 up 0.02, loss=1.2e-3 → 9e-4 down 0.0003"
    expect(page.locator(".tb-Text")).to_have_text(text)


def test_digits_in_names_and_addresses_are_no_numbers(compared, made):
    kept = "kept model x{} in memory at 0x7f{}0\n"
    page = printed(compared, made, kept.format(1, 1), kept.format(2, 2))
    expect(page.locator(".tb-Outputs-line")).to_have_text("Outputs: text changed")
    expect(page.locator(".tb-Line.tb-added ins")).to_have_text(["x2", "0x7f20"])


def test_within_a_line_words_are_marked(compared, made):
    page = printed(compared, made, "fit on all\nof it done\n", "fit on all\nof it skipped\n")
    expect(page.locator(".tb-Line.tb-removed del")).to_have_text("done")
    expect(page.locator(".tb-Line.tb-added ins")).to_have_text("skipped")
    expect(page.locator(".tb-Line.tb-same")).to_have_text("fit on all")


def test_a_terminals_colours_and_overwriting_are_no_text(compared, made):
    page = printed(compared, made, "\x1b[31m10%\r\x1b[0m50%\rfirst\n", "first\x1b[1m\nsecond\n")
    expect(page.locator(".tb-Line")).to_have_text(["first", "+Added: second"])


def test_a_stream_of_a_megabyte_opens_at_once_and_shows_all_on_demand(compared, made):
    before = "".join(
        f"step {n} of the work went well, and nothing was said\n" for n in range(20_000)
    )
    after = "".join(
        f"step {n} of the work {'failed' if n % 10 == 0 else 'went well'}, and nothing was said\n"
        for n in range(20_000)
    )
    page = compared(
        [made.code("work()", made.stream(before))], [made.code("work()", made.stream(after))]
    )
    began = time.monotonic()
    page.locator(".tb-Outputs-line").click()
    expect(page.locator(".tb-Line.tb-added").first).to_contain_text("failed")
    assert time.monotonic() - began < 5
    assert page.locator(".tb-Line").count() <= 400
    page.get_by_role("button", name="more lines").click()
    expect(page.locator(".tb-Line.tb-added")).to_have_count(2000)


def test_a_line_without_an_end_is_cut(compared, made):
    page = printed(compared, made, "a" * 300_000, "b" * 300_000)
    expect(page.locator(".tb-Line.tb-added")).to_contain_text("bbb")
    cut = page.locator(".tb-Line.tb-added").get_by_role("button", name="and 296000 more characters")
    cut.click()
    assert len(page.locator(".tb-Line.tb-added").text_content()) > 300_000


def test_markdown_is_read_by_word_by_line_and_rendered(compared, made):
    page = compared(
        [made.markdown("We keep **all** rows.")], [made.markdown("We keep **few** rows.")]
    )
    expect(page.locator(".tb-Words")).to_have_text("We keep **allfew** rows.")
    expect(page.locator(".tb-Words ins")).to_have_text("few")
    page.get_by_role("radio", name="By line").check()
    expect(page.locator(".cm-content").last).to_contain_text("**few**")
    page.get_by_role("radio", name="Rendered").check()
    frame = page.locator(".tb-Markdown iframe").last
    expect(frame.content_frame.locator("strong")).to_have_text("few")
