import { setTimeout as delay } from 'node:timers/promises';
import { type Estate, holdAll, leaveServer, type StillHere } from '../../launch/child/hand-over.ts';
import { waiterProgram } from '../../native/hand-over.ts';
import { rawEnvironment } from './exact-words.ts';
import { slim } from './slim.ts';
import type { Voice } from './voice.ts';

const AT_REST_MS = 100;
const AGAIN_MS = 1000;

/** What there is when all else is done. */
export interface Left extends Pick<Estate, 'child' | 'signals' | 'command'> {
  readonly voice: Voice;
}

/**
 * Nothing is left to do but to wait for the server, for days perhaps: becomes a program that needs a fiftieth of our
 * memory. Where that can't be, gives back what can be given back. Resolves then, at the latest with the server's end.
 */
export async function becomeSmall(left: Left): Promise<void> {
  const { child, signals, command, voice } = left;
  const program = waiterProgram();
  if (program === null) return slim();
  const isSilent = (): boolean => voice.silent;
  const estate = { child, signals, command, program, environment: rawEnvironment(), isSilent };
  let still = await attempt(estate, voice);
  slim();
  while (still === 'later' && child.isOurs()) {
    await Promise.race([child.ended, delay(AGAIN_MS, undefined, { ref: false })]);
    still = await attempt(estate, voice);
  }
}

/** Holds the server's output back no longer than a moment: its reader may be slow, and another stream's may not be. */
async function attempt(estate: Estate, voice: Voice): Promise<StillHere> {
  const { relays, ended } = estate.child;
  try {
    const rest = Promise.all([holdAll(relays), voice.rest()]);
    await Promise.race([rest, ended, delay(AT_REST_MS, undefined, { ref: false })]);
    // From the event loop itself: whatever was read has been handed on by then.
    return await new Promise((resolve) => {
      setImmediate(() => resolve(leaveServer(estate)));
    });
  } finally {
    for (const relay of relays) relay.resume();
  }
}
