import { setImmediate as nextTurn } from 'node:timers/promises';

// A few microseconds each: a millisecond or two between two turns of the event loop.
const STEPS_A_TURN = 256;

/** Runs work that comes in many short steps, and lets the event loop do other things between them. */
export async function inTurns<T>(work: Generator<undefined, T>, signal?: AbortSignal): Promise<T> {
  for (let steps = 1; ; steps += 1) {
    const step = work.next();
    if (step.done) return step.value;
    if (steps % STEPS_A_TURN !== 0) continue;
    await nextTurn();
    signal?.throwIfAborted();
  }
}

/** Runs the same work without a pause. */
export function atOnce<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
