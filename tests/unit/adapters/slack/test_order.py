"""Events that come twice are done once; those that come late go before what happened after them."""

import asyncio

import pytest

from adapters.slack.order import InOrder, Once


async def test_an_event_that_comes_again_waits_for_the_first_and_is_not_done_again() -> None:
    once, done, gate = Once(), [], asyncio.Event()

    async def work() -> None:
        await gate.wait()
        done.append(1)

    first, new = once.begun("Ev1", work)
    second, again = once.begun("Ev1", work)
    assert (first is second, new, again) == (True, True, False)
    gate.set()
    await asyncio.gather(first, second)
    assert done == [1]


async def test_what_failed_may_be_tried_again() -> None:
    once, tries = Once(), []

    async def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("the first time")

    task, _ = once.begun("Ev1", work)
    with pytest.raises(ValueError, match="first"):
        await task
    await once.begun("Ev1", work)[0]
    await once.begun("Ev1", work)[0]
    assert len(tries) == 2


async def test_only_so_many_events_are_remembered() -> None:
    once, done = Once(most=2), []

    async def work() -> None:
        done.append(1)

    for event in ("Ev1", "Ev2", "Ev3", "Ev3", "Ev2", "Ev1"):
        await once.begun(event, work)[0]
    assert len(done) == 4  # the first was forgotten


@pytest.mark.parametrize("arrival", [[1, 2, 3], [3, 2, 1], [2, 3, 1], [3, 1, 2]])
async def test_they_go_in_the_order_in_which_they_happened(arrival: list[int]) -> None:
    order, went = InOrder(0.02), []

    async def go(at: int) -> None:
        await order.turn(at)
        went.append(at)

    await asyncio.gather(*map(go, arrival))
    assert went == [1, 2, 3]


async def test_who_gives_up_waiting_holds_nobody() -> None:
    order = InOrder(0.01)
    gone = asyncio.create_task(order.turn(1))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(1):
        await order.turn(2)
