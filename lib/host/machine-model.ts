import { readdir } from 'node:fs/promises';
import { type HostOptions, hostPath, readHostTextOrNull } from './host-file.ts';

/** What the machine and its NVIDIA GPUs call themselves. `null` or empty where no file says. */
export interface MachineModel {
  /** `/proc/device-tree/model`: Arm and RISC-V boards that boot with a device tree. */
  readonly board: string | null;
  /** `Model:` of each `/proc/driver/nvidia/gpus/ADDRESS/information`. */
  readonly gpus: readonly string[];
}

/** Pure reading of the model in an NVIDIA driver's `information` file; `null` when there is none. */
export function parseGpuModel(text: string): string | null {
  return /^Model:[ \t]+(\S.*?)[ \t]*$/m.exec(text)?.[1] ?? null;
}

/** Reads the names. Never rejects. */
export async function readMachineModel(options: HostOptions = {}): Promise<MachineModel> {
  // A device tree's strings end with a zero byte.
  const board = (await readHostTextOrNull('/proc/device-tree/model', options))?.replaceAll('\0', '').trim();
  const directory = '/proc/driver/nvidia/gpus';
  const addresses = await readdir(hostPath(directory, options)).catch((): string[] => []);
  const models = await Promise.all(
    addresses.sort().map(async (address) => {
      const text = await readHostTextOrNull(`${directory}/${address}/information`, options);
      return parseGpuModel(text ?? '');
    }),
  );
  return { board: board || null, gpus: models.filter((model) => model !== null) };
}

const BOARDS = /\b(jetson|tegra|xavier|orin|thor|GB10)\b/i;
const GPUS = /\b(GB10|orin|xavier|thor|tegra)\b/i;

/**
 * What says that the GPU has no memory of its own, in words; `null` where no name gives it away. CUDA's figure for free
 * memory there leaves page cache out (vllm#48140), so a warm cache makes servers that ask for it refuse to start. Pure.
 */
export function unifiedMemoryEvidence({ board, gpus }: MachineModel): string | null {
  if (board !== null && BOARDS.test(board)) return `/proc/device-tree/model is ${board}`;
  const gpu = gpus.find((model) => GPUS.test(model));
  return gpu === undefined ? null : `the NVIDIA driver names a ${gpu} (/proc/driver/nvidia/gpus)`;
}
