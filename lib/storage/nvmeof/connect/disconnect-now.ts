import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError, WarmsetError } from '../../../errors.ts';
import { everyController, readNvmeofStatus } from '../status/read-status.ts';
import type { NvmeofController } from '../status/types.ts';
import { withFreeDisks } from './disk-users.ts';

const GONE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;

/**
 * Ends a connection whose disks nobody uses.
 *
 * @throws WarmsetError `WARMSET_NVMEOF` with who uses which, or where the controller stays.
 */
export async function disconnectNow(
  controller: NvmeofController,
  signal?: AbortSignal | undefined,
): Promise<void> {
  const disks = [...new Set(controller.paths.map(({ disk }) => disk))];
  await withFreeDisks(disks, () => deleteController(controller.name));
  const limit = performance.now() + GONE_WITHIN_MS;
  // The file takes the order; the controller goes when its last command has ended.
  while (await isThere(controller)) {
    if (performance.now() > limit) {
      throw new WarmsetError('WARMSET_NVMEOF', `${controller.name} was told to go, and is still there`, {
        subject: controller.name,
        remedy: 'look at dmesg for what holds it, then try again',
      });
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function deleteController(name: string): Promise<void> {
  try {
    await writeFile(`/sys/class/nvme/${name}/delete_controller`, '1');
  } catch (error) {
    // It went by itself: given up by the kernel, or disconnected by somebody else.
    if (!isSystemError(error) || (error.code !== 'ENOENT' && error.code !== 'ENODEV')) throw error;
  }
}

/** A number that was given away anew belongs to another. */
async function isThere({ name, subsystem, controllerId }: NvmeofController): Promise<boolean> {
  return everyController(await readNvmeofStatus()).some(
    (one) => one.name === name && one.subsystem === subsystem && one.controllerId === controllerId,
  );
}
