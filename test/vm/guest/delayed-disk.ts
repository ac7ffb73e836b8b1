import { mustRun } from './programs.ts';

const NAME = 'delayed';

// There is no udev here that would make the device's node, or answer.
const dmsetup = (...words: readonly string[]): Promise<string> =>
  mustRun('env', 'DM_DISABLE_UDEV=1', 'dmsetup', ...words);

/** A disk whose reads take as much longer as is wanted, changed while it is in use. */
export class DelayedDisk {
  readonly device = `/dev/mapper/${NAME}`;
  readonly #below: string;
  readonly #sectors: string;

  private constructor(below: string, sectors: string) {
    this.#below = below;
    this.#sectors = sectors;
  }

  static async make(below: string): Promise<DelayedDisk> {
    await mustRun('modprobe', 'dm-delay');
    const disk = new DelayedDisk(below, (await mustRun('blockdev', '--getsz', below)).trim());
    await dmsetup('create', NAME, '--table', disk.#table(0));
    return disk;
  }

  async delayReads(milliseconds: number): Promise<void> {
    await dmsetup('reload', NAME, '--table', this.#table(milliseconds));
    // Without noflush it would wait for reads that a broken path holds back.
    await dmsetup('suspend', '--noflush', '--nolockfs', NAME);
    await dmsetup('resume', NAME);
  }

  async remove(): Promise<void> {
    await dmsetup('remove', NAME);
  }

  #table(milliseconds: number): string {
    return `0 ${this.#sectors} delay ${this.#below} 0 ${milliseconds}`;
  }
}
