import { mkdir } from 'node:fs/promises';
import { eventually, type LivePrometheus, startPrometheus } from '../../../test/support/prometheus.ts';
import { startScrapedKeeper } from '../../../test/support/scraped-keeper.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../../../test/support/temp.ts';
import { type MadeNode, startMadeNode } from './made-node.ts';

const MiB = 2 ** 20;

interface Model {
  readonly name: string;
  readonly files: readonly string[];
  readonly bytesEach: number;
}

const TWO = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const MODELS: readonly Model[] = [
  { name: 'llama-8b', files: TWO, bytesEach: 40 * MiB },
  { name: 'qwen3-8b', files: TWO, bytesEach: 28 * MiB },
  { name: 'gemma3-4b', files: ['gemma-3-4b-it-q4_0.gguf'], bytesEach: 48 * MiB },
];

/** The canary, and the control: its budget is short of what its sets hold, and its servers are slower. */
const NODES = [
  { name: 'gpu-1', budget: 256 * MiB, seconds: 0.18 },
  { name: 'gpu-2', budget: 160 * MiB, seconds: 0.3 },
] as const;

export interface Node {
  readonly name: string;
  /** Files by set. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
  /** A directory that the first set names as well. */
  readonly adapters: string;
  readonly made: MadeNode;
}

export interface Scene extends AsyncDisposable {
  readonly prometheus: LivePrometheus;
  readonly canary: Node;
  readonly control: Node;
  /** A large file that belongs to no set. */
  readonly neighbour: string;
}

/** Two nodes with a keeper each, what servers on them tell, and a Prometheus that scrapes it all. */
export async function startScene(): Promise<Scene> {
  const parts: AsyncDisposable[] = [];
  const use = <T extends AsyncDisposable>(part: T): T => {
    parts.unshift(part);
    return part;
  };
  const end = async (): Promise<void> => {
    for (const part of parts) await part[Symbol.asyncDispose]();
  };
  try {
    const directory = use(await temporaryDirectory('pictures'));
    const neighbour = directory.file('neighbour.bin');
    await writeRandomFile(neighbour, 192 * MiB);
    const nodes: Node[] = [];
    for (const [index, { name, seconds }] of NODES.entries()) {
      const adapters = directory.file(name, 'adapters');
      await mkdir(adapters, { recursive: true });
      nodes.push({
        name,
        adapters,
        sets: await writeSets(directory, name),
        made: use(await startMadeNode(10 * index, seconds)),
      });
    }
    const [canary, control] = nodes;
    if (canary === undefined || control === undefined) throw new Error('a scene has two nodes');
    const keepers = new Map<Node, string>();
    for (const [index, { budget }] of NODES.entries()) {
      const node = index === 0 ? canary : control;
      const config = JSON.stringify(configure(directory, node, budget));
      keepers.set(node, use(await startScrapedKeeper(directory, node.name, config)).address);
    }
    const at = (port: number, address: (node: Node) => string) =>
      nodes.map((node) => ({ address: address(node), instance: `${node.name}:${port}` }));
    const prometheus = use(
      await startPrometheus(directory, {
        warmset: at(9464, (node) => keepers.get(node) ?? ''),
        // A keeper tells of remote controllers where there are any. Under its name somebody else does here.
        fabrics: at(9464, ({ made }) => made.fabrics),
        vllm: at(8000, ({ made }) => made.vllm),
        sglang: at(30000, ({ made }) => made.sglang),
      }),
    );
    // Prometheus takes seconds to find whom to scrape; the rules then take one more.
    await eventually(prometheus.port, `count(up == 1) == ${4 * nodes.length} and on() count(ttft_p95_ms)`);
    return { prometheus, canary, control, neighbour, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function writeSets(
  directory: TemporaryDirectory,
  node: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const sets = new Map<string, readonly string[]>();
  for (const { name, files, bytesEach } of MODELS) {
    await mkdir(directory.file(node, name), { recursive: true });
    const paths = files.map((file) => directory.file(node, name, file));
    for (const [seed, file] of paths.entries()) await writeRandomFile(file, bytesEach, seed);
    sets.set(name, paths);
  }
  return sets;
}

function configure(directory: TemporaryDirectory, { name, sets, adapters }: Node, maxBytes: number): object {
  return {
    sets: [...sets.keys()].map((set, index) => ({
      name: set,
      targets: [directory.file(name, set), ...(index === 0 ? [adapters] : [])],
      priority: -index,
      files: true,
    })),
    sweep: { interval: '1s' },
    probe: { interval: '1s' },
    budget: { maxBytes },
    // Small sets are read in an instant: slower, there is something to see.
    guard: { ceilingBytesPerSecond: '24MiB/s' },
    // Whoever runs this also plays the server that reads.
    watch: { pid: process.pid },
  };
}
