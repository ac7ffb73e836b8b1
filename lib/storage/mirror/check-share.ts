import { WarmsetError } from '../../errors.ts';

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` */
export function checkShare(keepFree: number | undefined): void {
  if (keepFree === undefined || (keepFree >= 0 && keepFree < 1)) return;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${keepFree} is no share of a filesystem to keep free`, {
    subject: 'keepFree',
    remedy: 'give a share from 0 to less than 1, such as 0.05',
  });
}
