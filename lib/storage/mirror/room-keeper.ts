import { lookAtEntry } from '../../native/copy.ts';
import { lookAtFilesystem } from '../../native/storage.ts';
import { formatBytes } from '../../units.ts';
import type { MirrorPlan } from './plan.ts';
import type { SourceFile } from './types.ts';
import { type Room, roomFor } from './windows.ts';

// linux/magic.h; of xfs the kernel is asked.
const BTRFS = 0x9123683e;

/** Something has no room. `fatal`: nor has anything else. */
export class NoRoom extends Error {
  readonly code = 'ENOSPC';
  readonly by: Room['by'];
  readonly fatal: boolean;

  constructor(message: string, by: Room['by'], fatal: boolean) {
    super(message);
    this.by = by;
    this.fatal = fatal;
  }
}

/** Looks before every file and every window whether there is room for it. */
export class RoomKeeper {
  readonly #to: string;
  readonly #keepFree: number;
  readonly #maxBytes: number | null;
  #taken: number;
  #device: bigint | null = null;

  constructor(to: string, keepFree: number, maxBytes: number | null, { actions }: MirrorPlan) {
    this.#to = to;
    this.#keepFree = keepFree;
    this.#maxBytes = maxBytes;
    this.#taken = actions.reduce(
      (sum, action) => (action.do === 'keep' ? sum + onDisk(action.file) : sum),
      0,
    );
  }

  /** @throws NoRoom for a file that wouldn't fit, before it is begun */
  async admit(file: SourceFile, partial: string): Promise<void> {
    const space = await lookAtFilesystem(this.#to);
    this.#device ??= (await lookAtEntry(this.#to)).dev;
    // Shared data takes no room; where sharing fails after all, the windows are looked at.
    if (file.dev === this.#device && (space.reflinks === true || space.magic === BTRFS)) return;
    const there = await lookAtEntry(partial).catch(() => null);
    const needed = onDisk(file) - (there?.allocated ?? 0);
    const room = this.#room(space);
    if (needed > room.bytes) throw this.#refusal(needed, room, false);
  }

  /** @throws NoRoom where a window wouldn't fit */
  async need(bytes: number): Promise<void> {
    const room = this.#room(await lookAtFilesystem(this.#to));
    if (room.by === 'no-room' && bytes > room.bytes) throw this.#refusal(bytes, room, true);
  }

  took(file: SourceFile): void {
    this.#taken += onDisk(file);
  }

  #room(space: { readonly total: number; readonly available: number }): Room {
    return roomFor(space, this.#keepFree, this.#maxBytes, this.#taken);
  }

  #refusal(bytes: number, room: Room, fatal: boolean): NoRoom {
    const why =
      room.by === 'budget'
        ? `of the ${formatBytes(this.#maxBytes ?? 0)} that it may take ${formatBytes(room.bytes)} are left`
        : `${formatBytes(room.bytes)} are free but for what is kept free`;
    return new NoRoom(`no room for ${formatBytes(bytes)}: ${why}`, room.by, fatal);
  }
}

/** A file with holes takes less than its size. */
function onDisk({ allocated, size }: SourceFile): number {
  return Math.min(allocated > 0 ? allocated : size, Math.max(size, 4096));
}
