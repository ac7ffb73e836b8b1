import { describe, expect, it } from 'vitest';
import {
  bindMount,
  btrfsLoop,
  capability,
  cgroupV1Memory,
  ext4Loop,
  fuse,
  itWith,
  otherNodes,
  otherNodeVersions,
  overlayMount,
  skippedTitle,
  tmpfsMount,
  xfsLoop,
} from '../support/capabilities.ts';
import { mountTable } from '../support/mount-table.ts';
import { mustRun } from '../support/run.ts';

describe('capabilities', () => {
  it('asks the machine once', () => {
    let asked = 0;
    const counted = capability('counted', () => {
      asked++;
      return undefined;
    });
    expect([counted.missing(), counted.missing(), asked]).toEqual([undefined, undefined, 1]);
  });

  it('names what is missing, and only that, in the title', () => {
    const there = capability('there', () => undefined);
    const gone = capability('xfs loop mount', () => 'no mkfs.xfs');
    const broken = capability('broken probe', () => {
      throw new Error('it broke');
    });
    expect(skippedTitle([there], 'works')).toBeUndefined();
    expect(skippedTitle(gone, 'works')).toBe('[skipped: needs xfs loop mount] works');
    expect(skippedTitle([there, gone, broken], 'works')).toBe(
      '[skipped: needs xfs loop mount, broken probe] works',
    );
    expect(broken.missing()).toBe('it broke');
  });

  it('leaves nothing behind', () => {
    for (const probed of [
      ext4Loop,
      xfsLoop,
      btrfsLoop,
      overlayMount,
      tmpfsMount,
      bindMount,
      fuse,
      cgroupV1Memory,
    ]) {
      probed.missing();
    }
    expect(mountTable().filter((entry) => entry.path.includes('warmset-probe'))).toEqual([]);
  });

  itWith(otherNodeVersions, 'finds other Node binaries that run', async () => {
    for (const node of otherNodes()) {
      expect((await mustRun(node.path, ['--print', 'process.versions.node'])).trim()).toBe(node.version);
    }
  });
});
