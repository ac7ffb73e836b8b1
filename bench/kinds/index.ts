import type { Context } from '../context.ts';
import type { KindName, KindOutcome } from '../results.ts';
import { alreadyWarm } from './already-warm.ts';
import { eventLoop } from './event-loop.ts';
import { folios } from './folios.ts';
import { largeFill } from './large-fill.ts';
import { launch } from './launch.ts';
import { memory } from './memory.ts';
import { micro } from './micro.ts';
import { neighbour } from './neighbour.ts';
import { query } from './query.ts';
import { smallFill } from './small-fill.ts';
import { startUp } from './start-up.ts';
import { usualReadAhead } from './usual-read-ahead.ts';

export const RUNNERS: Readonly<Record<KindName, (context: Context) => Promise<KindOutcome>>> = {
  'large-fill': largeFill,
  'usual-read-ahead': usualReadAhead,
  'small-fill': smallFill,
  query,
  'already-warm': alreadyWarm,
  folios,
  neighbour,
  'event-loop': eventLoop,
  memory,
  'start-up': startUp,
  launch,
  micro,
};
