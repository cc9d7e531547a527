"""Coroutines, queues, locks and generators of asyncio: everything is called by the one event loop."""

import asyncio


async def leaf(n):
    await asyncio.sleep(0)
    return n


async def middle(n):
    total = 0
    for more in range(3):
        total += await leaf(n + more)
    return total


async def worker(queue, results):
    while True:
        item = await queue.get()
        if item is None:
            queue.task_done()
            return
        results.append(await middle(item))
        queue.task_done()


async def producer(queue, n):
    for item in range(n):
        await queue.put(item)


async def numbers(n):
    for number in range(n):
        await asyncio.sleep(0)
        yield number


async def recursion(n):
    return 1 if n == 0 else await recursion(n - 1) + 1


async def wait_inside(lock, event):
    async with lock:
        await asyncio.sleep(0)
        await event.wait()


async def use_queue():
    queue, results = asyncio.Queue(4), []
    workers = [asyncio.create_task(worker(queue, results)) for _ in range(2)]
    await producer(queue, 30)
    for _ in workers:
        await queue.put(None)
    await asyncio.gather(*workers)
    await queue.join()


async def use_lock():
    lock, event = asyncio.Lock(), asyncio.Event()
    waiting = [asyncio.create_task(wait_inside(lock, event)) for _ in range(5)]
    await asyncio.sleep(0)
    event.set()
    await asyncio.wait(waiting)


async def use_semaphore():
    semaphore = asyncio.Semaphore(2)

    async def limited(n):
        async with semaphore:
            await leaf(n)

    await asyncio.gather(*map(limited, range(10)))


async def main():
    await use_queue()
    await asyncio.gather(*(middle(n) for n in range(20)))
    async for _ in numbers(15):
        pass
    await recursion(5)
    await use_lock()
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.0001)
    except asyncio.TimeoutError:
        pass
    await use_semaphore()


if __name__ == "__main__":
    asyncio.run(main())
