import { type Finding, warning } from '../finding.ts';
import type { Readings } from '../readings.ts';

const BOARDS = /\b(jetson|tegra|xavier|orin|thor|GB10)\b/i;
const GPUS = /\b(GB10|orin|xavier|thor|tegra)\b/i;

/** Machines whose GPU has no memory of its own, where their names give them away. Silent everywhere else. */
export function checkUnifiedMemory({ machine }: Readings): readonly Finding[] {
  const board = machine.board !== null && BOARDS.test(machine.board) ? machine.board : null;
  const gpu = machine.gpus.find((model) => GPUS.test(model));
  if (board === null && gpu === undefined) return [];
  const evidence = board
    ? `/proc/device-tree/model is ${board}`
    : `the NVIDIA driver names a ${gpu} (/proc/driver/nvidia/gpus)`;
  return [
    warning(
      'unified-memory',
      'The GPU shares the memory: a warm page cache may make a server fail to start',
      `${evidence}. Servers that ask for free GPU memory there may not count page cache as free.`,
      "Set maxBytes so that the server's own share stays free, and evict the set once it is loaded.",
    ),
  ];
}
