/** What targets turned out to be. */
import type { ExplainedTarget, Explanation, TargetKind } from '../../targets/index.ts';
import { formatBytes } from '../../units.ts';
import { countFiles, type FileRow, renderFileTable } from './file-table.ts';
import { renderLeftOut } from './left-out.ts';
import { beside, pairs } from './pairs.ts';
import { bold, good, warn } from './style.ts';
import type { Column } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

const KINDS: Readonly<Record<TargetKind, string>> = {
  file: 'a file',
  directory: 'a directory, names in natural order',
  glob: 'what matches a pattern',
  gguf: 'a model in GGUF',
  'model-directory': 'the directory of a model, in load order',
  'tensorrt-llm-engine': 'an engine of TensorRT-LLM, in load order',
  hub: 'a model in the Hugging Face cache, in load order',
  ollama: "a model in Ollama's store, in load order",
  llama: 'a model that llama.cpp downloaded, in load order',
  'compile-caches': 'the compile caches of servers',
  python: 'what a server imports from a Python environment',
};

const SIZE: Column = { header: 'SIZE', align: 'right' };
const COLUMNS: readonly Column[] = [SIZE, { header: 'ROLE', drop: 1 }, { header: 'WHY', drop: 2 }];

const KEY_WIDTH = 10;

/** A paragraph a target: what it is, where it was looked for, its files in their order, and what was left out. */
export function renderExplanation(terminal: Terminal, { set, targets }: Explanation, all: boolean): string[] {
  const parts = targets.map((target) => renderTarget(terminal, target, all));
  const sum = `${countFiles(set.files.length)} in all, ${formatBytes(set.size)}`;
  const total = targets.length > 1 ? [[bold(terminal, sum)]] : [];
  return [...parts, ...total].flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}

function renderTarget(terminal: Terminal, target: ExplainedTarget, all: boolean): string[] {
  const { kind, at, revision, notes, failures } = target;
  const what = kind === null ? 'not found' : KINDS[kind];
  const facts = [
    ['revision', revision],
    ['at', at],
    ...notes.map((note) => ['note', note] as const),
    ['failed', kind !== null && failures.length > 0 ? describeFailures(failures.length) : null],
  ] as const;
  return [
    ...beside(terminal, printable(target.target), what, {
      keyStyle: bold,
      style: kind === null ? warn : good,
    }),
    ...pairs(
      terminal,
      facts.flatMap(([key, text]) => (text === null ? [] : [[`  ${key}`, printable(text)] as const])),
      KEY_WIDTH + 2,
    ),
    ...lookedAt(terminal, target),
    ...taken(terminal, target, all),
    ...renderLeftOut(terminal, target, all),
  ];
}

function describeFailures(count: number): string {
  return count === 1
    ? 'a part of it; standard error says why'
    : `${count} parts of it; standard error says why`;
}

/** Where there was only one place to look, and it is there, it says nothing that `at` doesn't. */
function lookedAt(terminal: Terminal, { looked }: ExplainedTarget): string[] {
  if (looked.length === 0 || (looked.length === 1 && looked[0]?.there)) return [];
  return pairs(
    terminal,
    looked.map(({ path, from, there }): readonly [string, string] => [
      there ? '  found' : '  absent',
      printable(`${path} (${from})`),
    ]),
    KEY_WIDTH + 2,
  );
}

function taken(terminal: Terminal, { files }: ExplainedTarget, all: boolean): string[] {
  if (files.length === 0) return [];
  const rows = files.map(
    ({ file, why }): FileRow => ({
      path: file.path,
      cells: [formatBytes(file.size), file.role ?? '', why],
      telling: false,
    }),
  );
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  const total = [countFiles(files.length), formatBytes(size), '', ''];
  return ['', ...renderFileTable(terminal, COLUMNS, rows, total, all)];
}
