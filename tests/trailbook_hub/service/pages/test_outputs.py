from trailbook.store.views import OutputView, PartView
from trailbook_hub.service.pages import outputs


def output(kind="display_data", text="", **parts):
    views = [
        PartView(mime=mime, size=len(content), payload=number, text=content)
        for number, (mime, content) in enumerate(parts.pop("parts", {}).items())
    ]
    return OutputView(index=0, type=kind, parts=views, **parts)


def test_the_richest_form_is_shown():
    bundle = {"text/plain": "p", "text/html": "<b>h</b>", "image/png": ""}
    assert outputs.show(output(parts=bundle)).kind == "frame"
    del bundle["text/html"]
    shown = outputs.show(output(parts=bundle))
    assert (shown.kind, shown.payload) == ("image", 1)
    del bundle["image/png"]
    assert outputs.show(output(parts=bundle)).html == "p"


def test_scripts_and_drawings_never_come_into_the_page():
    for mime in ("text/html", "image/svg+xml", "application/javascript", "text/javascript"):
        assert outputs.show(output(parts={mime: "x"})).kind == "frame"
        saved = {"output_type": "display_data", "data": {mime: "x"}}
        assert outputs.show_saved(saved, 0).kind == "frame"


def test_a_widget_is_said_to_need_a_kernel():
    widget = {"application/vnd.jupyter.widget-view+json": "{}", "text/plain": "IntSlider()"}
    shown = outputs.show(output(parts=widget))
    assert shown.html == "IntSlider()"
    assert "interactive" in shown.remark


def test_what_was_cut_or_dropped_is_said():
    part = PartView(mime="text/plain", size=3_400_000, payload=7, text="a", cut=True)
    shown = outputs.show(OutputView(index=0, type="stream", parts=[part], dropped_bytes=9_000_000))
    assert shown.payload == 7
    assert shown.remark == "Cut here; it has 3.4 MB. 9.0 MB of it were too much to record."


def test_a_deleted_output_shows_nothing_of_it():
    assert outputs.show(output(parts={"text/plain": "x"}, deleted=True)).html == ""


def test_nothing_of_a_files_shape_is_believed():
    odd = [{}, {"output_type": 3}, {"output_type": "stream", "text": {"a": 1}},
           {"output_type": "error", "traceback": "abc", "ename": None},
           {"output_type": "display_data", "data": [1]},
           {"output_type": "display_data", "data": {"image/png": "%%%"}},
           {"output_type": "display_data", "data": {"image/png": ["iVBO", "Rw0K"]}}]  # fmt: skip
    for saved in odd:
        outputs.show_saved(saved, 0)


def test_a_glimpse_is_a_short_result():
    value = output("execute_result", parts={"text/plain": "0.87"})
    printed = output("stream", name="stdout", parts={"text/plain": "fitting\nauc 0.87\n"})
    table = output("execute_result", parts={"text/html": "<table>", "text/plain": "a"})
    loud = output("stream", name="stderr", parts={"text/plain": "warning"})
    assert outputs.glimpse([printed, value]) == "0.87"
    assert outputs.glimpse([printed, loud]) == "auc 0.87"
    assert outputs.glimpse([table, loud]) == ""
    assert outputs.has_table([table])
    assert not outputs.has_plot([table])
