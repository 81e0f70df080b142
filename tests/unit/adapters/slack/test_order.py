"""Events that come twice are done once; those that come late go before what happened after them."""

import asyncio

import pytest

from adapters.slack.order import InOrder, Once


async def finished(begun: tuple[asyncio.Task[None] | None, bool]) -> None:
    if begun[0] is not None:
        await begun[0]


async def test_an_event_that_comes_again_waits_for_the_first_and_is_not_done_again() -> None:
    once, done, gate = Once(), [], asyncio.Event()

    async def work() -> None:
        await gate.wait()
        done.append(1)

    first, new = once.begun("Ev1", work)
    second, again = once.begun("Ev1", work)
    assert (first is second, new, again) == (True, True, False)
    gate.set()
    await finished((first, new))
    assert once.begun("Ev1", work) == (None, False)
    assert done == [1]


async def test_what_failed_may_be_tried_again() -> None:
    once, tries = Once(), []

    async def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("the first time")

    with pytest.raises(ValueError, match="first"):
        await finished(once.begun("Ev1", work))
    await finished(once.begun("Ev1", work))
    await finished(once.begun("Ev1", work))
    assert len(tries) == 2


async def test_only_so_many_events_are_remembered() -> None:
    once, done = Once(most=2), []

    async def work() -> None:
        done.append(1)

    for event in ("Ev1", "Ev2", "Ev3", "Ev3", "Ev2", "Ev1"):
        await finished(once.begun(event, work))
    assert len(done) == 4  # the first was forgotten


@pytest.mark.parametrize("arrival", [[1, 2, 3], [3, 2, 1], [2, 3, 1], [3, 1, 2]])
async def test_they_go_in_the_order_in_which_they_happened(arrival: list[int]) -> None:
    order, went = InOrder(0.02, held_up=0, longest=0), []
    order.connected(0.0)

    async def go(at: int) -> None:
        await order.turn(at)
        went.append(at)

    await asyncio.gather(*map(go, arrival))
    assert went == [1, 2, 3]


async def test_after_a_gap_what_was_held_up_goes_first() -> None:
    order, went = InOrder(0.01, held_up=0.1, longest=5), []
    order.connected(10.0)

    async def go(at: float, *, after: float) -> None:
        await asyncio.sleep(after)
        await order.turn(at)
        went.append(at)

    await asyncio.gather(go(11, after=0), go(12, after=0.02), go(9, after=0.05), go(13, after=0.2))
    assert went == [9, 11, 12, 13]


async def test_all_wait_as_long_as_old_ones_come_but_not_for_ever() -> None:
    order, went = InOrder(0.5, held_up=0.01, longest=0.6), []
    order.connected(10.0)
    first = asyncio.ensure_future(order.turn(10.5))
    first.add_done_callback(lambda _: went.append(10.5))

    async def go(at: float) -> None:
        await order.turn(at)
        went.append(at)

    late = []
    for at in range(9):  # each comes before the patience with the one before it ends
        late.append(asyncio.create_task(go(at)))
        await asyncio.sleep(0.02)
    assert went == []
    await asyncio.gather(first, *late)
    assert went == [*range(9), 10.5]
    order.connected(100.0)
    began = asyncio.get_running_loop().time()
    endless = asyncio.create_task(_old_ones(order))
    await order.turn(101)
    endless.cancel()
    assert asyncio.get_running_loop().time() - began < 2


async def _old_ones(order: InOrder) -> None:
    waiting = []
    while True:
        waiting.append(asyncio.ensure_future(order.turn(50)))
        await asyncio.sleep(0.01)


async def test_while_the_connection_is_lost_nothing_is_settled() -> None:
    order = InOrder(0.01, held_up=0.01, longest=0.05)
    order.connected(10.0)
    order.lost()
    late = asyncio.ensure_future(order.turn(9))
    with pytest.raises(TimeoutError):
        await order.settled()
    assert late.done()  # a vote waits for long, but not for ever
    order.connected(11.0)
    await order.settled()


async def test_what_is_settled_has_had_its_turn() -> None:
    order = InOrder(0.01, held_up=0.02, longest=1)
    order.connected(10.0)
    old = asyncio.ensure_future(order.turn(9))
    await order.settled()
    await asyncio.sleep(0)
    assert old.done()


async def test_time_in_which_the_process_does_not_run_is_no_time_to_have_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order, went, loop, behind = InOrder(0.5, held_up=0, longest=0), [], asyncio.get_running_loop(), 0.0
    time = loop.time
    monkeypatch.setattr(loop, "time", lambda: time() + behind)
    order.connected(0.0)

    async def go(at: int) -> None:
        await order.turn(at)
        went.append(at)

    second = asyncio.create_task(go(2))
    await asyncio.sleep(0.01)
    behind = 60.0  # a suspended machine: its timers are due, and what came meanwhile has not been read
    await asyncio.sleep(0.01)
    await asyncio.gather(second, go(1))
    assert went == [1, 2]


async def test_before_the_first_connection_nothing_has_its_turn() -> None:
    order = InOrder(0.01, held_up=0.01, longest=1)
    left = order.turn(5)
    await asyncio.sleep(0.05)
    assert not left.done()
    order.connected(10.0)
    await asyncio.gather(order.turn(4), left)


async def test_who_gives_up_waiting_holds_nobody() -> None:
    order = InOrder(0.01, held_up=0, longest=0)
    order.connected(0.0)
    gone = asyncio.ensure_future(order.turn(1))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(1):
        await order.turn(2)
