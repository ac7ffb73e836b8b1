import { expect, test } from 'vitest';
import { checkKernelFeatures } from '../../../../lib/doctor/checks/kernel-features.ts';
import { native, readings } from '../healthy.ts';

const KEYS = ['cachestat', 'populateRead', 'nowaitReads', 'ioPriority'] as const;
const IDS = ['cachestat', 'populate-read', 'nowait-reads', 'io-priority'];

test('everything there is ok and names the release', () => {
  const findings = checkKernelFeatures(readings());
  expect(findings.map(({ id, level }) => [id, level])).toEqual(IDS.map((id) => [id, 'ok']));
  for (const { evidence, remedy } of findings) {
    expect(evidence).toContain('6.18.1-test');
    expect(remedy).toBeNull();
  }
});

test.each(KEYS.map((key, index) => [key, index] as const))(
  '%s blocked is a warning, missing is told',
  (key, index) => {
    const blocked = checkKernelFeatures(readings({ native: native({ [key]: 'blocked' }) }));
    expect(blocked[index]).toMatchObject({ id: IDS[index], level: 'warning' });
    expect(blocked[index]?.remedy).toContain('seccomp');
    expect(blocked.filter(({ level }) => level !== 'ok')).toHaveLength(1);

    const old = native({ [key]: 'missing', kernelRelease: '2.6.9' });
    const missing = checkKernelFeatures(readings({ native: old }))[index];
    expect(missing?.level).toMatch(/note|warning/);
    expect(missing?.remedy).toMatch(/Run a kernel from \d+\.\d+/);
  },
);

test.each(KEYS.map((key, index) => [key, index] as const))(
  'nobody whose kernel has %s is told to get a newer one',
  (key, index) => {
    const old = native({ [key]: 'missing', kernelRelease: '2.6.9' });
    const hidden = native({ [key]: 'missing', kernelRelease: '6.18.1-test' });
    const [asOld, asHidden] = [old, hidden].map(
      (one) => checkKernelFeatures(readings({ native: one }))[index],
    );
    expect(asHidden?.level).toBe(asOld?.level);
    expect(asHidden?.title).toMatch(/is hidden$/);
    expect(asHidden?.remedy).toMatch(/seccomp/);
    expect(asHidden?.remedy).not.toMatch(/Run a kernel/);
  },
);

test('at the boundary of releases', () => {
  const title = (kernelRelease: string): string | undefined =>
    checkKernelFeatures(readings({ native: native({ cachestat: 'missing', kernelRelease }) }))[0]?.title;
  expect(title('6.4.99')).toBe('cachestat is missing');
  expect(title('6.5.0')).toBe('cachestat is hidden');
  expect(title('no version')).toBe('cachestat is missing');
});

test('what the kernel answers counts, whatever its release says', () => {
  const old = checkKernelFeatures(readings({ native: native({ kernelRelease: '4.18.0-backports' }) }));
  expect(old.every(({ level }) => level === 'ok')).toBe(true);
  const odd = checkKernelFeatures(readings({ native: native({ kernelRelease: '', cachestat: 'missing' }) }));
  expect(odd[0]).toMatchObject({ level: 'note' });
  expect(odd[0]?.evidence).toContain('unknown release');
});

test('a native part that does not load is the one problem', () => {
  const failed = { state: 'failed', message: 'No binary.', remedy: 'Build one.' } as const;
  const findings = checkKernelFeatures(readings({ native: failed }));
  expect(findings).toMatchObject([{ id: 'native-addon', level: 'problem', remedy: 'Build one.' }]);
  expect(findings[0]?.evidence).toContain('No binary.');
});
