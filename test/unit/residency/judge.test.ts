import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawSurvey } from '../../../lib/native/addon-types.ts';
import { type Judgement, judge, type Witnesses } from '../../../lib/residency/judge.ts';
import { ERRNO, MAGIC, survey } from './surveys.ts';

interface Case {
  readonly filesystem: keyof typeof MAGIC;
  readonly counted: 'cachestat' | 'mincore';
  readonly refusal: keyof typeof ERRNO | 'none';
  readonly cached: 'none' | 'some' | 'all';
  readonly disagreed: 0 | 1 | 3;
  readonly dax: boolean;
  readonly empty: boolean;
  readonly device: Witnesses['device'];
}

const VALUES = {
  filesystem: Object.keys(MAGIC) as (keyof typeof MAGIC)[],
  counted: ['cachestat', 'mincore'],
  refusal: ['none', 'EPERM', 'ENOSYS', 'EOPNOTSUPP'],
  cached: ['none', 'some', 'all'],
  disagreed: [0, 1, 3],
  dax: [false, true],
  empty: [false, true],
  device: ['quiet', 'busy', 'unknown'],
} as const satisfies { readonly [Key in keyof Case]: readonly Case[Key][] };

function* everyCase(keys = Object.keys(VALUES) as (keyof Case)[]): Generator<Case> {
  const [key, ...rest] = keys;
  if (key === undefined) {
    yield {} as Case;
    return;
  }
  for (const tail of everyCase(rest)) for (const value of VALUES[key]) yield { ...tail, [key]: value };
}

function rule(one: Case): Judgement {
  const pages = { none: 0, some: 5, all: 10 }[one.cached];
  const seen: Partial<RawSurvey> = {
    filesystem: MAGIC[one.filesystem],
    disagreed: one.disagreed,
    dax: one.dax,
    cached: one.empty ? 0 : pages,
    ...(one.empty ? { size: 0 } : {}),
    ...(one.refusal === 'none' ? {} : { refusal: { errno: ERRNO[one.refusal], syscall: one.counted } }),
  };
  return judge(survey(seen), one.counted, { device: one.device });
}

const STACKED = new Set<Case['filesystem']>(['overlayfs', 'fuse', 'ecryptfs', 'aufs', 'shiftfs']);

/** What would be false, by name; each stands on its own and knows nothing of the order of the rules. */
const NEVER: Readonly<Record<string, (one: Case, said: Judgement) => boolean>> = {
  'believes cachestat on a stacked or unknown filesystem': (one, said) =>
    said.verdict === 'believe' && said.source === 'cachestat' && !one.empty && STACKED.has(one.filesystem),
  'trusts empty windows of cachestat there': (one, said) =>
    said.verdict === 'ask-mincore' && said.emptyIsTrue && STACKED.has(one.filesystem),
  'trusts empty windows when a sample disagreed': (one, said) =>
    said.verdict === 'ask-mincore' && said.emptyIsTrue && one.disagreed > 0,
  'believes who refused to answer': (one, said) =>
    said.verdict === 'believe' && one.refusal !== 'none' && !one.empty,
  'asks again whom it has asked': (one, said) => said.verdict === 'ask-mincore' && one.counted === 'mincore',
  'names a source that did not count': (one, said) =>
    said.verdict === 'believe' && said.source !== one.counted,
  'gives a number where no page cache is': (one, said) =>
    said.verdict !== 'unknown' && (one.dax || one.filesystem === 'zfs' || one.filesystem === 'hugetlbfs'),
  'believes a contradicted cachestat': (one, said) =>
    said.verdict === 'believe' && one.counted === 'cachestat' && one.disagreed > 0 && !one.empty,
  'takes reads in flight for resident pages': (one, said) =>
    said.verdict === 'believe' &&
    one.counted === 'cachestat' &&
    one.cached !== 'none' &&
    one.device !== 'quiet' &&
    one.filesystem !== 'tmpfs' &&
    !one.empty,
  'overrules the kernel, which knows the caller better': (one, said) =>
    said.verdict === 'ask-mincore' && one.refusal === 'EPERM' && !STACKED.has(one.filesystem),
  'says nothing of the way out': (_, said) =>
    said.verdict === 'unknown' && (said.reason.remedy === '' || said.reason.message === ''),
};

describe('judge, over every combination,', () => {
  it.each(Object.entries(NEVER))('never %s', (_, isFalse) => {
    let cases = 0;
    for (const one of everyCase()) {
      cases += 1;
      const said = rule(one);
      if (isFalse(one, said)) expect.fail(`${JSON.stringify(one)} → ${JSON.stringify(said)}`);
    }
    expect(cases).toBeGreaterThan(5_000);
  });

  it('is not afraid: a file on a disk that nobody refuses always has a way to be known', () => {
    for (const one of everyCase()) {
      const onDisk = one.filesystem === 'ext4' || one.filesystem === 'overlayfs' || one.filesystem === 'fuse';
      if (!onDisk || one.dax || one.refusal !== 'none') continue;
      expect(rule(one).verdict, JSON.stringify(one)).not.toBe('unknown');
    }
  });

  it('answers any number that a filesystem may give itself', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (filesystem) => {
        const said = judge(survey({ filesystem }), 'cachestat', { device: 'quiet' });
        expect(['believe', 'ask-mincore', 'unknown']).toContain(said.verdict);
      }),
    );
  });
});

describe('judge', () => {
  const quiet = { device: 'quiet' } as const;
  it.each([
    ['a quiet disk', {}, quiet, { verdict: 'believe', source: 'cachestat' }],
    ['a busy disk', {}, { device: 'busy' }, { verdict: 'ask-mincore', emptyIsTrue: true }],
    ['nothing cached', { cached: 0 }, { device: 'busy' }, { verdict: 'believe', source: 'cachestat' }],
    ['a sample that disagrees', { disagreed: 1 }, quiet, { verdict: 'ask-mincore', emptyIsTrue: false }],
    [
      'tmpfs',
      { filesystem: MAGIC.tmpfs },
      { device: 'unknown' },
      { verdict: 'believe', source: 'cachestat' },
    ],
    [
      'an overlay',
      { filesystem: MAGIC.overlayfs, cached: 0 },
      quiet,
      { verdict: 'ask-mincore', emptyIsTrue: false },
    ],
    [
      'a stranger whom the kernel refuses',
      { refusal: { errno: ERRNO.EPERM, syscall: 'cachestat' } },
      quiet,
      { verdict: 'unknown', reason: { code: 'not-permitted' } },
    ],
  ] as const)('%s', (_, changes, witnesses, expected) => {
    expect(judge(survey(changes), 'cachestat', witnesses)).toMatchObject(expected);
  });
});
