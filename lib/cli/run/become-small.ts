import { setTimeout as delay } from 'node:timers/promises';
import { type Estate, holdAll, leaveServer, type StillHere } from '../../launch/child/hand-over.ts';
import { waiterProgram } from '../../native/hand-over.ts';
import { rawEnvironment } from './exact-words.ts';
import { slim } from './slim.ts';

const AT_REST_MS = 100;
const AGAIN_MS = 1000;

/**
 * Nothing is left to do but to wait for the server, for days perhaps: becomes a program that needs a fiftieth of our
 * memory. Where that can't be, gives back what can be given back. Resolves then, at the latest with the server's end.
 */
export async function becomeSmall(estate: Omit<Estate, 'program' | 'environment'>): Promise<void> {
  const program = waiterProgram();
  let still: StillHere =
    program === null ? 'never' : await attempt({ ...estate, program, environment: rawEnvironment() });
  slim();
  while (program !== null && still === 'later' && estate.child.isOurs()) {
    await Promise.race([estate.child.ended, delay(AGAIN_MS, undefined, { ref: false })]);
    still = await attempt({ ...estate, program, environment: rawEnvironment() });
  }
}

/** Holds the server's output back no longer than a moment: its reader may be slow, and another stream's may not be. */
async function attempt(estate: Estate): Promise<StillHere> {
  const { relays, ended } = estate.child;
  try {
    await Promise.race([holdAll(relays), ended, delay(AT_REST_MS, undefined, { ref: false })]);
    // From the event loop itself: whatever was read has been handed on by then.
    return await new Promise((resolve) => {
      setImmediate(() => resolve(leaveServer(estate)));
    });
  } finally {
    for (const relay of relays) relay.resume();
  }
}
