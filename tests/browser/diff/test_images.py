"""Images beside each other, one over the other, and by pixel."""

from playwright.sync_api import expect

import pictures

TIMES = "\N{MULTIPLICATION SIGN}"


def plots(compared, made, before, after):
    """The page with both images open."""
    page = compared(
        [made.code("plot()", made.output(image__png=before))],
        [made.code("plot()", made.output(image__png=after))],
    )
    page.locator(".tb-Outputs-line").click()
    return page


def test_the_pixels_that_differ_are_counted(compared, made):
    page = plots(compared, made, pictures.bars(level=60), pictures.bars(level=90))
    expect(page.locator(".tb-Images-said")).to_have_text("1,200 of 28,800 pixels differ (4.2 %).")
    expect(page.locator(".tb-Images img")).to_have_count(2)


def test_ways_to_compare_are_chosen_by_keys_and_remembered(compared, made):
    page = plots(compared, made, pictures.bars(level=60), pictures.bars(level=90))
    page.get_by_role("radio", name="Side by side").focus()
    page.keyboard.press("ArrowRight")
    meeting = page.get_by_role("slider", name="Where the two images meet")
    after = page.locator(".tb-swipe > .tb-after")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 50%)")
    meeting.press("Home")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 0%)")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tb-onion > .tb-after")).to_have_css("opacity", "0.5")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("img", name="What differs")).to_be_visible()
    marked = page.locator("canvas").evaluate(
        """canvas => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, 240, 120);
            let count = 0;
            for (let at = 0; at < data.length; at += 4) {
                count += data[at] === 214 && data[at + 1] === 40 && data[at + 3] === 255;
            }
            return count;
        }"""
    )
    assert marked == 1200
    page.reload()
    page.locator(".tb-Outputs-line").click()
    expect(page.get_by_role("radio", name="Difference")).to_be_checked()


def test_the_line_between_the_images_is_pulled(compared, made):
    page = plots(compared, made, pictures.bars(level=60), pictures.bars(level=90))
    page.get_by_role("radio", name="Swipe").check()
    box = page.locator(".tb-Images-stack").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 20)
    page.mouse.up()
    expect(page.get_by_role("slider")).to_have_value("75")


def test_images_of_other_sizes_lie_over_each_other_unstretched(compared, made):
    page = plots(compared, made, pictures.bars(200, 100), pictures.bars(300, 150))
    expect(page.locator(".tb-Images-said")).to_contain_text(
        f"200 {TIMES} 100 pixels before, 300 {TIMES} 150"
    )
    page.get_by_role("radio", name="Onion skin").check()
    widths = page.locator(".tb-Images-stack img").evaluate_all("all => all.map(i => i.width)")
    assert widths == [200, 300]


def test_files_that_differ_may_show_the_same(compared, made):
    def dotted(level):
        return pictures.png(20, 20, lambda x, y: (x, y, 0), level=level)

    page = plots(compared, made, dotted(1), dotted(9))
    expect(page.locator(".tb-Images-said")).to_contain_text("Every pixel is the same")


def test_an_image_that_would_fill_the_memory_is_named_and_not_shown(compared, made):
    flood = pictures.png(4, 4, lambda x, y: (x, y, 0), claimed=(50_000, 50_000))
    page = plots(compared, made, pictures.bars(), flood)
    said = f"An image of 50000 {TIMES} 50000 pixels, too large to be shown here."
    expect(page.locator(".tb-Images-said")).to_have_text(said)
    expect(page.locator(".tb-Output img")).to_have_count(1)


def test_a_damaged_image_is_a_sentence(compared, made):
    page = plots(compared, made, pictures.bars(), "bm90IGFuIGltYWdl")
    expect(page.locator(".tb-Images-said")).to_have_text("An image that cannot be read.")
