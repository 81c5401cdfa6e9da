"""What a run asks for and is told, taken by the time of its kernel."""

from trailbook.server.dialogue import MOST, Dialogue, Dialogues


def test_what_was_said_in_questions_before_a_time_is_taken_once():
    dialogue = Dialogue()
    dialogue.asked(100, "first? ")
    dialogue.typed("1\n")
    dialogue.asked(200, "second? ")
    assert dialogue.take(100) == ""
    assert dialogue.take(150) == "first? 1\n"
    assert dialogue.take(150) == ""
    assert dialogue.take() == "second? "
    assert dialogue.questions == 2


def test_an_answer_that_comes_after_its_question_was_taken_is_not_lost():
    dialogue = Dialogue()
    dialogue.asked(100, "first? ")
    assert dialogue.take(150) == "first? "
    dialogue.typed("1\n")
    assert dialogue.take(150) == "1\n"


def test_runs_do_not_hear_each_other():
    dialogues = Dialogues()
    dialogues.open("k", "a").asked(1, "a? ")
    dialogues.open("k", "b").asked(1, "b? ")
    assert dialogues.of("k", "a").take() == "a? "
    assert dialogues.of("k", "b").take() == "b? "
    assert dialogues.of("other", "a").take() == ""


def test_a_run_that_is_over_and_a_kernel_that_is_gone_are_forgotten():
    dialogues = Dialogues()
    for kernel_id, msg_id in (("k", "a"), ("k", "b"), ("k", "c"), ("other", "a")):
        dialogues.open(kernel_id, msg_id).asked(1, "? ")
    dialogues.close("k", "a")
    assert dialogues.of("k", "a").take() == ""
    dialogues.forget("k")
    assert dialogues.of("k", "b").take() == dialogues.of("k", "c").take() == ""
    assert dialogues.of("other", "a").take() == "? "


def test_dialogues_that_nobody_takes_do_not_pile_up():
    dialogues = Dialogues()
    for number in range(MOST + 1):
        dialogues.open("k", str(number)).asked(1, "? ")
    assert dialogues.of("k", "0").take() == ""
    assert dialogues.of("k", "1").take() == "? "
