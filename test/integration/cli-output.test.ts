import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cc, describeWith } from '../support/capabilities.ts';
import { shell } from '../support/cli.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';

describeWith(cc, 'where the output goes', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());

  const verbs = [
    'status "$1"',
    'status --json "$1"',
    'plan "$1"',
    'warm "$1"',
    'warm --json "$1"',
    'evict "$1"',
    'lock --for 50ms "$1"',
    '--help',
    'status --help',
    '--version',
  ];

  describe.each(verbs)('warmset %s', (words) => {
    it('ends quietly when the reader has gone', async () => {
      // The reader is gone before the first byte: `true` reads nothing, and we wait until it has ended.
      const script = `{ sleep 0.3; $W ${words}; echo "code $?" >&2; } | true`;
      const { stderr, timedOut } = await shell(script, [model.path]);
      expect(timedOut).toBe(false);
      expect(stderr).toMatch(/^code [013]\n$/);
    });

    it('says that the disk is full, and exits with 1', async () => {
      const { code, stderr } = await shell(`$W ${words} > /dev/full`, [model.path]);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^warmset: cannot write standard output: no space left on device \(ENOSPC\)\n {5}do: free space/,
      );
    });
  });

  it('survives that nobody reads the errors', async () => {
    const { code, stdout } = await shell('$W status /nowhere "$1" 2> /dev/full', [model.path]);
    expect(code).toBe(1);
    expect(stdout).toContain('5 files');
  });

  it('gives the beginning of a long list to head', async () => {
    const { code, stdout, stderr } = await shell(
      'set -o pipefail; $W status "$1" | head -n 2; echo "code $?"',
      [model.path],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^FILE .*\n.*config\.json .*\ncode 0\n$/);
  });
});
