import { expect, test } from 'vitest';
import { checkPressure } from '../../../../lib/doctor/checks/pressure.ts';
import { readings } from '../healthy.ts';

test('measured is ok, not measured a note that names which', () => {
  expect(checkPressure(readings())).toMatchObject([{ id: 'pressure', level: 'ok' }]);
  const [finding] = checkPressure(readings({ pressure: { cpu: true, io: false, memory: false } }));
  expect(finding).toMatchObject({ id: 'pressure', level: 'note' });
  expect(finding?.title).toBe('No pressure readings (PSI) for io, memory');
  expect(finding?.evidence).not.toContain('/proc/pressure/cpu');
  expect(finding?.remedy).toContain('psi=1');
});
