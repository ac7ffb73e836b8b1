import type { FileSet } from '../corpus.ts';
import { run } from '../measure/run.ts';
import type { Filler } from './filler.ts';

/** One way of fio to read. */
export interface FioConfig {
  readonly direct: boolean;
  readonly engine: 'psync' | 'io_uring';
  readonly depth: number;
  readonly blockKib: number;
  /** Each file by a job of its own instead of one after the other. */
  readonly together: boolean;
}

/** psync has one read in flight, whatever depth it is told. */
export function sweep(mode: 'full' | 'quick'): readonly FioConfig[] {
  const depths = mode === 'full' ? [1, 4, 8, 32] : [8];
  const blocks = mode === 'full' ? [128, 256, 512, 1024, 2048] : [1024];
  const configs: FioConfig[] = [];
  for (const direct of [false, true]) {
    for (const blockKib of blocks) {
      configs.push({ direct, engine: 'psync', depth: 1, blockKib, together: false });
      for (const depth of depths)
        configs.push({ direct, engine: 'io_uring', depth, blockKib, together: false });
    }
    configs.push({ direct, engine: 'psync', depth: 1, blockKib: 1024, together: true });
    configs.push({ direct, engine: 'io_uring', depth: 8, blockKib: 1024, together: true });
  }
  return configs;
}

export function fio(config: FioConfig): Filler {
  const { direct, engine, depth, blockKib, together } = config;
  const how = direct ? 'direct' : 'buffered';
  const words = [
    `--ioengine=${engine}`,
    `--direct=${direct ? 1 : 0}`,
    `--iodepth=${depth}`,
    `--bs=${blockKib}k`,
  ];
  return {
    id: `fio-${how}-${engine}-${depth}-${blockKib}k${together ? '-together' : ''}`,
    label: `fio ${how} ${engine} depth ${depth} ${blockKib}k${together ? ', files at once' : ''}`,
    command: `fio --rw=read --readonly ${words.join(' ')} --filename=FILES`,
    needs: ['fio'],
    fill: async (set) => {
      const { cost, stdout } = await run(['fio', ...common(words), ...jobs(set, together)]);
      return { cost, own: ownSeconds(stdout, set.bytes) };
    },
  };
}

function common(words: readonly string[]): readonly string[] {
  // The set is cold by now, and was proved to be.
  const state = ['--invalidate=0', '--readonly', '--rw=read', '--file_service_type=sequential'];
  return ['--output-format=json', '--group_reporting', ...state, ...words];
}

function jobs({ files }: FileSet, together: boolean): readonly string[] {
  if (!together) return ['--name=all', `--filename=${files.join(':')}`];
  return files.flatMap((file, index) => [`--name=job${index}`, `--filename=${file}`]);
}

interface FioReport {
  readonly jobs: readonly { readonly read: { readonly io_bytes: number; readonly runtime: number } }[];
}

function ownSeconds(stdout: string, bytes: number): number {
  // Notes may come before the object.
  const { jobs: done } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as FioReport;
  const read = done.reduce((sum, job) => sum + job.read.io_bytes, 0);
  if (read !== bytes) throw new Error(`fio read ${read} of ${bytes} bytes`);
  return Math.max(...done.map((job) => job.read.runtime)) / 1000;
}
