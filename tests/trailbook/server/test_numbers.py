"""What a kernel has said and nobody received is counted, and nothing else is."""

from trailbook.server.numbers import Numbers


def hear(numbers, *ids, sender="s_7"):
    for number in ids:
        numbers.hear(f"{sender}_{number}", ends_a_request=False)


def test_messages_that_did_not_arrive_are_counted():
    numbers = Numbers()
    hear(numbers, 5)
    mark = numbers.mark()
    hear(numbers, *range(6, 300), *range(400, 900))
    assert numbers.missing_since(mark, 0) == 100


def test_answers_and_questions_went_elsewhere():
    numbers = Numbers()
    mark = numbers.mark()
    hear(numbers, 1)
    mark = numbers.mark()
    hear(numbers, *range(3, 800))
    numbers.hear("s_7_801", ends_a_request=True)
    assert numbers.missing_since(mark, 1) == 0
    assert numbers.missing_since(mark, 0) == 1


def test_an_answer_says_how_far_the_kernel_came():
    numbers = Numbers()
    hear(numbers, 1)
    mark = numbers.mark()
    hear(numbers, *range(2, 100))
    numbers.elsewhere("s_7_1100")
    assert numbers.missing_since(mark, 0) == 1000


def test_threads_may_change_the_order():
    numbers = Numbers()
    hear(numbers, 1)
    mark = numbers.mark()
    hear(numbers, *range(700, 1, -1))
    assert numbers.missing_since(mark, 0) == 0


def test_a_short_run_is_not_judged():
    numbers = Numbers()
    hear(numbers, 1)
    mark = numbers.mark()
    hear(numbers, 100)
    assert numbers.missing_since(mark, 0) == 0


def test_other_kernels_have_ids_that_say_nothing():
    numbers = Numbers()
    mark = numbers.mark()
    for sender in ("", "0f8fad5b-d9cb-469f-a165-70867728950e"):
        numbers.hear(sender, ends_a_request=True)
    assert numbers.missing_since(mark, 0) == 0
    hear(numbers, 1)
    mark = numbers.mark()
    hear(numbers, 9000, sender="another_8")
    assert numbers.missing_since(mark, 0) == 0
