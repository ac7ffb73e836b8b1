import type { ResultFile, Results } from '../../results.ts';
import type { Spread } from '../../statistics.ts';
import {
  cpuPerGib,
  isFio,
  isOurs,
  labelOf,
  type Metric,
  ownRate,
  processRate,
  ranked,
  ratio,
  spread,
  value,
} from '../derive.ts';
import { plain, times } from '../format.ts';
import { decideBySpread, type Goal, notMeasured, worst } from './goal.ts';

const RATE = { id: 'rate-fio', what: 'Cold fill rate against fio', goal: '≥ 0.95 × the best of fio' };
const PEERS = {
  id: 'rate-peers',
  what: 'Cold fill rate against the other tools, warm() in a running process',
  goal: 'above every one',
};
const PEERS_CLI = {
  ...PEERS,
  id: 'rate-peers-cli',
  what: 'Cold fill rate against the other tools, CLI with the start of Node',
};
const CPU = { id: 'cpu', what: 'CPU seconds per GiB, warm() in a running process', goal: '≤ 0.03' };
const CPU_UNTOUCHED = { id: 'cpu-untouched', what: 'The same with `touch: false`', goal: '≤ 0.03' };
const CPU_CLI = { id: 'cpu-cli', what: 'CPU seconds per GiB, CLI with the start of Node', goal: '≤ 0.03' };
const CPU_WILLNEED = { id: 'cpu-willneed', what: 'CPU against chunked WILLNEED', goal: '≤ a fifth' };
const CPU_VMTOUCH = { id: 'cpu-vmtouch', what: 'CPU against vmtouch -t', goal: '≤ a tenth' };
const USUAL_VMTOUCH = {
  id: 'usual-vmtouch',
  what: 'CPU against vmtouch -t, with a read_ahead_kb of 128',
  goal: '≤ a tenth',
};
const USUAL_READER = {
  id: 'usual-reader',
  what: "A reader's first mmap scan after the fill, with a read_ahead_kb of 128",
  goal: 'no slower than after the best peer',
};
const READER = {
  id: 'reader',
  what: "A reader's first mmap scan after the fill",
  goal: 'no slower than after the best peer',
};
const READER_AGAIN = {
  id: 'reader-again',
  what: 'Its second scan',
  goal: 'no slower than after the best peer',
};
const READER_WILLNEED = { id: 'reader-willneed', what: 'The first scan against WILLNEED', goal: '≤ a fifth' };

const firstScan = value('mmapFirst');
const secondScan = value('mmapAgain');
const isTool = (id: string): boolean => !isOurs(id) && !isFio(id);

/** What everybody gets who types `warmset warm FILES`. */
const OURS = 'warmset';
/** The fill without the start of Node, which is the same for every size. */
const CALL = 'warmset-library';
/** And without what the first reader would pay for. */
const CALL_UNTOUCHED = 'warmset-library-untouched';

export function largeFillGoals({ 'large-fill': result }: Results): readonly Goal[] {
  const asked = [
    RATE,
    PEERS,
    PEERS_CLI,
    CPU,
    CPU_UNTOUCHED,
    CPU_CLI,
    CPU_WILLNEED,
    CPU_VMTOUCH,
    READER,
    READER_AGAIN,
    READER_WILLNEED,
  ];
  if (!result) return asked.map(notMeasured);
  const against = (other: string, metric: Metric, ours = OURS): Spread | undefined =>
    ratio(result, ours, other, metric);
  const beside = (other: string): string => {
    const whole = against(other, cpuPerGib);
    return whole ? `the whole CLI: ${times(whole.median)}` : '';
  };
  return [
    againstFio(result),
    aboveAll(result, PEERS, CALL),
    aboveAll(result, PEERS_CLI, OURS),
    decideBySpread(CPU, spread(result, CALL, cpuPerGib), { atMost: 0.03 }, plain),
    decideBySpread(CPU_UNTOUCHED, spread(result, CALL_UNTOUCHED, cpuPerGib), { atMost: 0.03 }, plain),
    decideBySpread(CPU_CLI, spread(result, OURS, cpuPerGib), { atMost: 0.03 }, plain),
    decideBySpread(
      CPU_WILLNEED,
      against('willneed', cpuPerGib, CALL),
      { atMost: 1 / 5 },
      times,
      beside('willneed'),
    ),
    decideBySpread(
      CPU_VMTOUCH,
      against('vmtouch', cpuPerGib, CALL),
      { atMost: 1 / 10 },
      times,
      beside('vmtouch'),
    ),
    readerAgainstBest(result, READER, firstScan),
    readerAgainstBest(result, READER_AGAIN, secondScan),
    decideBySpread(READER_WILLNEED, against('willneed', firstScan), { atMost: 1 / 5 }, times),
  ];
}

/** The same where the kernel's read-ahead makes nobody's folios large. */
export function usualReadAheadGoals({ 'usual-read-ahead': result }: Results): readonly Goal[] {
  if (!result) return [USUAL_VMTOUCH, USUAL_READER].map(notMeasured);
  return [
    decideBySpread(USUAL_VMTOUCH, ratio(result, CALL, 'vmtouch', cpuPerGib), { atMost: 1 / 10 }, times),
    readerAgainstBest(result, USUAL_READER, firstScan),
  ];
}

/** Own clock against own clock: fio takes half a second to start, which isn't the device's. */
function againstFio(result: ResultFile): Goal {
  const best = ranked(result, ownRate, 'most', isFio)[0];
  if (!best) return notMeasured(RATE);
  return decideBySpread(RATE, ratio(result, OURS, best.id, ownRate), { atLeast: 0.95 }, times, best.label);
}

/** Whole processes of the others, by what is up to date in the end. */
function aboveAll(result: ResultFile, asked: typeof PEERS, ours: string): Goal {
  const compared = result.contenders.flatMap(({ id }) => {
    const found = isTool(id) ? ratio(result, ours, id, processRate) : undefined;
    return found ? [{ id, spread: found }] : [];
  });
  const closest = worst(compared, 'least');
  if (!closest) return notMeasured(asked);
  return decideBySpread(asked, closest.spread, { moreThan: 1 }, times, labelOf(result, closest.id));
}

function readerAgainstBest(result: ResultFile, asked: typeof READER, scan: Metric): Goal {
  const best = ranked(result, scan, 'least', (id) => !isOurs(id))[0];
  if (!best) return notMeasured(asked);
  return decideBySpread(asked, ratio(result, OURS, best.id, scan), { atMost: 1 }, times, best.label);
}
