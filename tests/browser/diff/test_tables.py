"""Tables are compared cell by cell, whatever they are written in."""

from playwright.sync_api import expect

TIMES = "\N{MULTIPLICATION SIGN}"
FRAME = """<div><style scoped>.dataframe tbody tr th {{ vertical-align: top; }}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;">{head}</tr></thead>
<tbody>{body}</tbody></table><p>{count} rows {times} {width} columns</p></div>"""


def frame(columns, rows):
    """A data frame as pandas writes it; each row begins with its label."""
    head = "".join(f"<th>{name}</th>" for name in ["", *columns])
    body = "".join(
        f"<tr><th>{label}</th>" + "".join(f"<td>{value}</td>" for value in values) + "</tr>"
        for label, *values in rows
    )
    return FRAME.format(head=head, body=body, count=len(rows), width=len(columns), times=TIMES)


def opened(compared, made, before, after):
    page = compared(
        [made.code("df", made.output(text__html=before))],
        [made.code("df", made.output(text__html=after))],
    )
    page.locator(".tb-Outputs-line").click()
    return page


def test_changed_cells_are_marked_and_named(compared, made):
    before = frame(["auc", "f1"], [("forest", 0.81, 0.7), ("lstm", 0.7, 0.6)])
    after = frame(["auc", "f1"], [("forest", 0.84, 0.7), ("lstm", 0.7, 0.6), ("svm", 0.8, 0.5)])
    page = opened(compared, made, before, after)
    words = "Outputs: table: 1 of 4 values changed, 1 row added"
    expect(page.locator(".tb-Outputs-line")).to_have_text(words)
    changed = page.locator("td.tb-changed")
    expect(changed).to_have_text("0.81 → 0.84 up 0.03")
    expect(changed.locator("del")).to_have_text("0.81")
    expect(page.locator("tr.tb-added")).to_have_text("+ svm0.80.5")
    expect(page.locator(".tb-Table-note")).to_contain_text(
        f"2 rows {TIMES} 2 columns → 3 rows {TIMES} 2"
    )
    expect(page.locator(".tb-Diff iframe")).to_have_count(0)
    page.get_by_role("radio", name="As it is shown").check()
    expect(page.locator(".tb-Diff iframe")).to_have_count(2)


def test_rows_with_names_are_found_where_they_went(compared, made):
    before = frame(["n"], [("a", 1), ("b", 2), ("c", 3)])
    after = frame(["n"], [("new", 9), ("a", 1), ("b", 5), ("c", 3)])
    page = opened(compared, made, before, after)
    expect(page.locator(".tb-Table tbody tr")).to_have_text(["+ new9", "a1", "b2 → 5 up 3", "c3"])


def test_a_column_that_came_is_no_change_of_the_others(compared, made):
    before = frame(["a", "c"], [("x", 1, 3)])
    after = frame(["a", "b", "c"], [("x", 1, 2, 3)])
    page = opened(compared, made, before, after)
    expect(page.locator(".tb-Outputs-line")).to_have_text("Outputs: table: 1 column added")
    expect(page.locator("thead .tb-added")).to_have_text("+ b")
    expect(page.locator(".tb-changed")).to_have_count(0)


def test_of_a_long_table_there_is_what_changed_and_more_on_demand(compared, made):
    before = frame(["n"], [(f"r{n}", n) for n in range(500)])
    after = frame(["n"], [(f"r{n}", n + (n >= 100)) for n in range(500)])
    page = opened(compared, made, before, after)
    expect(page.locator("td.tb-changed")).to_have_count(97)
    expect(page.get_by_role("button", name="⋯ 98 rows are the same")).to_be_visible()
    page.get_by_role("button", name="and 303 more rows").click()
    expect(page.locator("td.tb-changed")).to_have_count(197)


def test_a_printed_table_is_a_table_too(compared, made):
    def cell(recall):
        printed = (
            f"       precision  recall\n stay       0.81    0.90\nleave       0.62    {recall}\n"
        )
        return [made.code("print(report)", made.stream(printed))]

    page = compared(cell("0.55"), cell("0.61"))
    page.locator(".tb-Outputs-line").click()
    expect(page.locator("td.tb-changed")).to_have_text("0.55 → 0.61 up 0.06")
    page.get_by_role("radio", name="As text").check()
    expect(page.locator(".tb-Text del")).to_have_text("0.55")


def test_nothing_but_text_comes_out_of_a_table(compared, made):
    def hostile(number):
        return (
            f"<table><tr><th>a</th></tr><tr><td class='top' id='diff'>{number}"
            "<a href='/hub/logout' style='position:fixed;inset:0'>&lt;img src=x&gt;</a></td></tr>"
            "</table>"
        )

    page = opened(compared, made, hostile(1), hostile(2))
    expect(page.locator("td.tb-changed del")).to_have_text("1<img src=x>")
    assert page.locator(".tb-Table :is(a, img, [id], [style], [onclick], .top)").count() == 0


def test_a_page_with_more_than_tables_stays_in_its_frame(compared, made):
    def page_with(number):
        return f"<table><tr><td>{number}</td></tr></table><img src='data:,'>"

    page = opened(compared, made, page_with(1), page_with(2))
    expect(page.locator(".tb-Diff iframe")).to_have_count(2)
    expect(page.locator(".tb-Table")).to_have_count(0)


def test_a_table_with_a_script_stays_in_its_frame(compared, made):
    def page_with(number):
        return f"<table onclick='x()'><tr><td>{number}</td></tr></table>"

    page = opened(compared, made, page_with(1), page_with(2))
    expect(page.get_by_role("button", name="Run this output")).to_have_count(2)
    expect(page.locator(".tb-Table")).to_have_count(0)
