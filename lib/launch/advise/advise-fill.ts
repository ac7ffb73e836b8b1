import { formatBytes } from '../../units.ts';
import type { CacheUse } from '../types.ts';
import type { Advice, FillFacts, Reason } from './facts.ts';
import { needsFreeGpuMemory, prefetchesFrom } from './server-habits.ts';
import { findSlowSource } from './slow-source.ts';

/** A start reads a few pages that nobody names, so the last thousandth isn't worth a fill. */
const WARM_SHARE = 0.999;

/** Whether and how to fill beside a server that starts, and why, in words. Pure. */
export function adviseFill(facts: FillFacts): Advice {
  const { recognised, force } = facts;
  const untilFirstRead = force !== true && recognised?.cacheUse.state === 'prefetches';
  return { ...advise(facts), untilFirstRead };
}

type Way = Omit<Advice, 'untilFirstRead'>;

function advise(facts: FillFacts): Way {
  const pointless = findPointless(facts);
  if (pointless !== null) return { how: 'nothing', what: 'all', reasons: [pointless] };
  const against = findAgainst(facts);
  if (against !== null && facts.force !== true) {
    // Memory is short there for every file, weights or not.
    const small = against.code === 'unified-memory' ? 0 : (facts.otherBytes ?? 0);
    if (small <= 0 || facts.budget.allowed <= 0) return { how: 'nothing', what: 'all', reasons: [against] };
    return { how: small > facts.budget.allowed ? 'window' : 'ahead', what: 'small', reasons: [against] };
  }
  const forced =
    against === null ? [] : [{ code: 'forced', text: `Forced, although: ${against.text}` } as const];
  return fillAll(facts, [...forced, ...besides(facts)]);
}

function fillAll(facts: FillFacts, more: readonly Reason[]): Way {
  const { setBytes, budget } = facts;
  if (budget.allowed <= 0) {
    const text = `The budget is 0 (${limitInWords(facts)}): nothing may be made resident. ${remedyOf(facts)}`;
    return { how: 'nothing', what: 'all', reasons: [{ code: 'no-budget', text }, ...more] };
  }
  const slow = findSlowSource(facts);
  if (slow !== null) return { how: 'read-ahead', what: 'all', reasons: [slow, ...more] };
  if (setBytes > budget.allowed) {
    const sizes = `The set (${formatBytes(setBytes)}) is larger than the budget (${formatBytes(budget.allowed)}, ${limitInWords(facts)})`;
    const text = `${sizes}: it is filled in a window just ahead of the loader. ${remedyOf(facts)}`;
    return { how: 'window', what: 'all', reasons: [{ code: 'over-budget', text }, ...more] };
  }
  const text = `The set (${formatBytes(setBytes)}) fits the budget (${formatBytes(budget.allowed)}).`;
  return { how: 'ahead', what: 'all', reasons: [{ code: 'fits', text }, ...more] };
}

/** No order can change these. */
function findPointless({ setBytes, residentBytes, filesystem }: FillFacts): Reason | null {
  if (setBytes <= 0) {
    return { code: 'no-set', text: 'No files to warm were found. Name them with --set.' };
  }
  if (filesystem === 'memory') {
    return {
      code: 'in-memory',
      text: 'The files lie in memory already (tmpfs or the like): nothing to warm.',
    };
  }
  if (residentBytes !== null && residentBytes >= WARM_SHARE * setBytes) {
    return {
      code: 'warm-already',
      text: `All ${formatBytes(setBytes)} are resident already: nothing to warm.`,
    };
  }
  return null;
}

/** What speaks against it unless it is forced. */
function findAgainst({ recognised, unifiedMemory }: FillFacts): Reason | null {
  if (unifiedMemory !== null && needsFreeGpuMemory(recognised)) {
    const what = `The GPU shares the memory (${unifiedMemory})`;
    const text = `${what}: a warm page cache counts as used there and can make the server refuse to start. Force it, with a ceiling that leaves the server's share free, if it doesn't.`;
    return { code: 'unified-memory', text };
  }
  const use = recognised?.cacheUse;
  if (use?.state === 'bypassed') {
    const text = `Warming the weights does nothing for this server: ${use.why}. Choose a loader that uses the page cache, or go without warming.`;
    return { code: 'bypassed', text };
  }
  return null;
}

/** What is worth saying and changes nothing. */
function besides({ recognised, filesystemName }: FillFacts): readonly Reason[] {
  const uses: readonly CacheUse[] =
    recognised?.cacheUses ?? (recognised === null ? [] : [recognised.cacheUse]);
  const reasons = uses.flatMap((use): Reason[] => {
    if (use.state === 'doubtful') {
      return [
        { code: 'doubtful', text: `The fill may be of no use: ${use.why}. Compare a start without it.` },
      ];
    }
    if (use.state === 'prefetches') {
      const text = `The server fills the page cache by itself once it loads: ${use.why}. Two at once compete, so this one fills until then.`;
      return [{ code: 'prefetches', text }];
    }
    if (use.state !== 'drops') return [];
    const text = `What is warmed serves this start alone: ${use.why}. Drop that option to have the next start warm, too.`;
    return [{ code: 'drops', text }];
  });
  if (filesystemName !== undefined && filesystemName !== null && prefetchesFrom(recognised, filesystemName)) {
    const text = `From ${filesystemName} the server prefetches by itself, unless told otherwise, but only once it loads: this fill begins earlier, and from then on both read.`;
    reasons.push({ code: 'prefetches-later', text });
  }
  return reasons;
}

function limitInWords({ budget: { binding } }: FillFacts): string {
  switch (binding) {
    case 'cgroup':
      return 'set by a cgroup';
    case 'maxBytes':
      return 'set by the ceiling that was asked for';
    case 'fractionOfAvailable':
      return 'a share of the available memory';
    case 'unknown':
      return 'no limit could be read';
  }
}

function remedyOf({ budget: { binding } }: FillFacts): string {
  switch (binding) {
    case 'cgroup':
      return "Raise the cgroup's memory limit to have all of it stay.";
    case 'fractionOfAvailable':
      return 'Raise --fraction, or free memory, to have all of it stay.';
    case 'maxBytes':
      return 'Raise --max-bytes to have all of it stay.';
    case 'unknown':
      return 'Set --max-bytes.';
  }
}
