import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOptions } from '../../../lib/cli/option-names.ts';
import { restoreBytes } from '../../../lib/cli/raw-arguments.ts';
import { splitNames } from '../../../lib/cli/read-list.ts';
import { describeFailure } from '../../../lib/cli/target-failure.ts';
import { findVerb, VERBS } from '../../../lib/cli/verbs.ts';
import { WarmsetError } from '../../../lib/errors.ts';

describe('findVerb', () => {
  it('finds every verb by its name and no other', () => {
    for (const verb of VERBS) expect(findVerb(verb.name)).toBe(verb);
    for (const word of ['Status', 'constructor', '', '--json'])
      expect(() => findVerb(word)).toThrow(WarmsetError);
  });

  it('finds the verbs of a group behind its name, and nowhere else', () => {
    for (const group of VERBS) {
      if (!('verbs' in group)) continue;
      for (const verb of group.verbs) {
        expect(findVerb(verb.name, group)).toBe(verb);
        // `plan` and `status` are verbs by themselves, too; never the same ones.
        const alone = VERBS.find(({ name }) => name === verb.name);
        if (alone) expect(findVerb(verb.name)).toBe(alone);
        else expect(() => findVerb(verb.name)).toThrow(WarmsetError);
      }
      expect(() => findVerb('warm', group)).toThrow(WarmsetError);
    }
  });
});

describe('splitNames', () => {
  it('gives back what was joined, whatever the bytes', () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)));
    fc.assert(
      fc.property(fc.array(name), fc.boolean(), (names, ended) => {
        const joined = Buffer.concat(names.flatMap((one) => [one, Buffer.from([0])]));
        const bytes = ended ? joined : joined.subarray(0, -1);
        expect(splitNames(bytes, 0)).toEqual(names);
      }),
    );
  });

  it('leaves out empty names', () => {
    expect(splitNames(Buffer.from('\n\na\n\nb'), 10).map(String)).toEqual(['a', 'b']);
  });
});

describe('restoreBytes', () => {
  const raw = [
    Buffer.from('node'),
    Buffer.from('caf\xe9', 'latin1'),
    Buffer.from('caf\xea', 'latin1'),
    Buffer.from('é'),
  ];

  it('takes the arguments that decode to the word, one after the other', () => {
    expect(restoreBytes(['caf\ufffd', 'é', 'caf\ufffd'], raw, '/m')).toEqual([
      Buffer.from('/m/caf\xe9', 'latin1'),
      'é',
      Buffer.from('/m/caf\xea', 'latin1'),
    ]);
  });

  it('leaves alone what it does not find', () => {
    expect(restoreBytes(['x\ufffd'], raw, '/m')).toEqual(['x\ufffd']);
  });
});

describe('nameOptions', () => {
  it("says the command line's name for the library's", () => {
    const error = new WarmsetError('WARMSET_BAD_ARGUMENT', 'windowBytes must be more, not 1.', {
      subject: 'windowBytes',
      remedy: 'Give more.',
    });
    expect(nameOptions(error)).toMatchObject({
      message: '--window must be more, not 1.',
      subject: '--window',
      remedy: 'Give more.',
    });
  });

  it('leaves everything else as it is', () => {
    const error = new WarmsetError('WARMSET_BAD_TARGET', 'x', { subject: 'toString' });
    expect(nameOptions(error)).toBe(error);
    expect(nameOptions('x')).toBe('x');
  });
});

describe('describeFailure', () => {
  it('begins with the name', () => {
    const failure = {
      path: '/m/x',
      code: 'ENOENT',
      message: "ENOENT: no such file, stat '/m/x'",
      remedy: 'look',
    };
    expect(describeFailure(failure).message).toBe('/m/x: no such file or directory (ENOENT)');
    const glob = { path: '*.x', code: 'ENOENT', message: 'Nothing below /m matches *.x.', remedy: 'look' };
    expect(describeFailure(glob).message).toBe('Nothing below /m matches *.x.');
  });
});
