"""Wrong passwords cost time."""

from trailbook_hub.throttle import FREE, REMEMBERED, Throttle


class Clock:
    """A time of our own."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(throttle: Throttle, times: int, name: str = "alice", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        throttle.began(name, address)


def test_a_few_mistakes_cost_nothing() -> None:
    throttle = Throttle(clock=Clock())
    fail(throttle, FREE["name"])
    assert throttle.wait("alice", "10.0.0.1") == 0


def test_the_wait_doubles_up_to_a_limit() -> None:
    throttle = Throttle(longest_by_name=60, longest_by_address=60, clock=Clock())
    waits = []
    fail(throttle, FREE["name"])
    for _ in range(8):
        fail(throttle, 1)
        waits.append(throttle.wait("alice", "10.0.0.1"))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_waiting_helps_and_another_mistake_costs_more() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    fail(throttle, FREE["name"] + 2)
    clock.now += 2
    assert throttle.wait("alice", "10.0.0.1") == 0
    fail(throttle, 1)
    assert throttle.wait("alice", "10.0.0.1") == 4


def test_nobody_can_lock_somebody_else_out_for_long() -> None:
    throttle = Throttle(clock=Clock())
    for last in range(200):
        throttle.began("alice", f"10.0.0.{last}")
    assert throttle.wait("alice", "192.168.0.1") == 60


def test_many_names_from_one_address_wait() -> None:
    throttle = Throttle(clock=Clock())
    for number in range(FREE["address"] + 3):
        throttle.began(f"name-{number}", "10.0.0.1")
    assert throttle.wait("somebody", "10.0.0.1") == 4
    assert throttle.wait("somebody", "10.0.0.2") == 0


def test_a_right_password_clears_the_name_and_not_the_address() -> None:
    throttle = Throttle(clock=Clock())
    fail(throttle, FREE["address"] + 3)
    throttle.succeeded("alice", "10.0.0.1")
    assert throttle.wait("alice", "10.0.0.2") == 0
    assert throttle.wait("bob", "10.0.0.1") == 2


def test_mistakes_are_forgotten_after_a_while() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    fail(throttle, FREE["name"] + 5)
    clock.now += 2000
    fail(throttle, 1)
    assert throttle.wait("alice", "10.0.0.1") == 0


def test_memory_is_bounded() -> None:
    throttle = Throttle(clock=Clock())
    for number in range(REMEMBERED + 10):
        throttle.began(f"name-{number}", f"address-{number}")
    assert len(throttle.mistakes) == REMEMBERED
