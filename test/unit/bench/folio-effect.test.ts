import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ratio, value } from '../../../bench/report/derive.ts';
import { readResults } from '../../../bench/results.ts';
import { SCAN_TIMES } from '../../../lib/doctor/checks/folio-effect.ts';

it('the doctor tells the effect of small folios as it was measured, and the first scan agrees', async () => {
  const { folios } = await readResults(fileURLToPath(new URL('../../../bench/results', import.meta.url)));
  const times = (scan: string): number =>
    (folios && ratio(folios, 'willneed', 'warmset-populate', value(scan)))?.median ?? Number.NaN;
  expect(SCAN_TIMES).toBe(Math.floor(times('mmapAgain')));
  expect(times('mmapFirst')).toBeGreaterThan(1);
});
