import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ratio, value } from '../../../bench/report/derive.ts';
import { readResults } from '../../../bench/results.ts';
import { SCAN_TIMES, WHY } from '../../../lib/doctor/checks/folio-effect.ts';

it('the doctor tells the effect of small folios as it was measured, and what speaks against it', async () => {
  const { folios } = await readResults(fileURLToPath(new URL('../../../bench/results', import.meta.url)));
  const times = (scan: string): number =>
    (folios && ratio(folios, 'willneed', 'warmset-populate', value(scan)))?.median ?? Number.NaN;
  expect(SCAN_TIMES).toBe(Math.floor(times('mmapAgain')));
  const slowerFirst = times('mmapFirst') < 1;
  expect(WHY.includes('first scan after the fill was slower over 2 MiB folios')).toBe(slowerFirst);
});
