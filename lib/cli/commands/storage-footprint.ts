import { type Command, Option } from 'commander';
import { WarmsetError } from '../../errors.ts';
import {
  type FootprintInventory,
  mergeInventories,
  type ReadingSummary,
  readInventory,
  reportFootprint,
  takeFootprint,
} from '../../storage/footprint/index.ts';
import { parseSize } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { footprintJson } from '../json-contract-storage.ts';
import { footprintCsv, footprintMarkdown } from '../render/footprint-export.ts';
import { renderFootprint } from '../render/footprint-report.ts';
import { stringifyJson } from '../render/json.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';

interface Flags {
  readonly json?: boolean;
  readonly format: 'text' | 'csv' | 'markdown';
  readonly save?: string;
  readonly merge?: readonly string[];
  readonly verify?: boolean;
  readonly node?: string;
  readonly least?: number;
  readonly guard: boolean;
  readonly all?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('[root...]', 'directories that hold models and caches')
    .option('--save <file>', 'keep the inventory there; the next run reads no unchanged file again')
    .option(
      '--merge <file...>',
      'inventories of other nodes, to be counted with this; directories stand before it',
    )
    .option('--verify', 'read files that look equal as a whole, to be certain')
    .option('--node <name>', 'what this machine is called among others (default: its host name)')
    .option('--least <size>', 'smaller files are added up and not compared (default: 1MiB)', (text) =>
      parseSize(text, '--least'),
    )
    .addOption(
      new Option('--format <name>', 'of the report').choices(['text', 'csv', 'markdown']).default('text'),
    )
    .option('--no-guard', 'read at full speed whoever waits for the device')
    .option('--all', 'every model and every duplicate, on a terminal too')
    .option('--json', 'JSON for programs, with sizes in bytes')
    .addHelpText('after', EXAMPLES)
    .action(async (roots: string[], flags: Flags) => {
      checkUsage(roots, flags);
      const others: FootprintInventory[] = [];
      for (const file of flags.merge ?? []) others.push(await readInventory(file));
      const taken = roots.length === 0 ? null : await takeFootprint(roots, options(flags, others, session));
      const reading = taken?.reading ?? NOTHING_READ;
      const report = reportFootprint(mergeInventories([...others, ...(taken ? [taken.inventory] : [])]));
      const failed = report.failures.length > 0;
      exit(reading.stopped !== null ? EXIT.stopped : failed ? EXIT.notAllDone : EXIT.done);
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, footprintJson(report, reading))}\n`);
      } else if (flags.format === 'csv') await session.out.writeLines(footprintCsv(report));
      else if (flags.format === 'markdown') await session.out.writeLines(footprintMarkdown(report));
      else {
        await session.out.writeLines(renderFootprint(session.terminal, report, reading, flags.all ?? false));
      }
    });
};

const EXAMPLES = `
Example:
  $ warmset storage footprint /models/llama
  $ warmset storage footprint --save node-a.json /models ~/.cache/huggingface ~/.ollama
  $ warmset storage footprint --merge node-a.json node-b.json --format csv`;

const NOTHING_READ: ReadingSummary = { readBytes: 0, leftPages: 0, stopped: null, failures: [] };

function options(
  { save, verify, node, least, guard }: Flags,
  others: readonly FootprintInventory[],
  { signal }: Session,
): Parameters<typeof takeFootprint>[1] {
  return { save, verify, node, leastBytes: least, guard: guard ? undefined : false, others, signal };
}

function checkUsage(roots: readonly string[], { merge, save, json, format }: Flags): void {
  const refuse = (message: string, remedy: string): never => {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', message, { remedy });
  };
  if (roots.length === 0 && merge === undefined) {
    refuse('no directory is named, and no inventory', 'name directories, or inventories with --merge');
  }
  if (roots.length === 0 && save !== undefined) {
    refuse('--save keeps what is found below directories, and none is named', 'name them: --save FILE ROOT');
  }
  if (json && format !== 'text') refuse('--json is a format of its own', 'leave out --format or --json');
}
