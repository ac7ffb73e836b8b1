import { WarmsetError } from '../../errors.ts';
import type { Rank } from './slice.ts';

const MOST_RANKS = 1024;

/**
 * One rank of several as it is written, `0/8` for the first of eight.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export function parseRank(text: string): Rank {
  const [, rank, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  if (rank === undefined || of === undefined) throw badRank(JSON.stringify(text));
  return checkRank({ rank: Number(rank), of: Number(of) });
}

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` unless 0 ≤ rank < of ≤ 1024, whole numbers */
export function checkRank(rank: Rank): Rank {
  const { rank: no, of } = rank;
  const whole = Number.isInteger(no) && Number.isInteger(of);
  if (!whole || no < 0 || no >= of || of > MOST_RANKS) throw badRank(`${no}/${of}`);
  return rank;
}

function badRank(text: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', `${text} is not a rank.`, {
    subject: '--rank',
    remedy: `Write 0/8 for the first of eight ranks, 7/8 for the last; there may be ${MOST_RANKS}.`,
  });
}
