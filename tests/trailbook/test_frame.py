from trailbook import frame


def test_the_frame_is_closed_by_its_own_headers():
    policy = frame.HEADERS["Content-Security-Policy"].split("; ")
    assert policy[0] == "sandbox allow-scripts"
    assert {"default-src 'none'", "connect-src 'none'", "form-action 'none'"} < set(policy)
    assert not [part for part in policy if "'self'" in part or "http" in part]
    assert frame.HEADERS["X-Content-Type-Options"] == "nosniff"


def test_the_frame_believes_only_the_page_around_it():
    page = frame.page().decode()
    assert "event.source !== around" in page
    assert "allow-same-origin" not in page
