import { formatBytes, formatCount, formatShare } from '../../units.ts';
import { type CountedLayer, type CountedTensor, sumOf, type TensorReport } from '../tensor-report.ts';
import { beside } from './pairs.ts';
import { bold, dim, good, type Style, warn } from './style.ts';
import { type Cell, type Column, type Row, renderTable, totalRow } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable, wrap } from './width.ts';

const NUMBERS: readonly Column[] = [
  { header: 'SIZE', align: 'right', drop: 3 },
  { header: 'RESIDENT', align: 'right', drop: 2 },
  { header: 'SHARE', align: 'right' },
];

const LAYER_COLUMNS: readonly Column[] = [
  { header: 'LAYER', flexible: true, minWidth: 20 },
  { header: 'TENSORS', align: 'right', drop: 1 },
  { header: 'DTYPE', drop: 0 },
  ...NUMBERS,
];

const TENSOR_COLUMNS: readonly Column[] = [
  { header: 'TENSOR', flexible: true, minWidth: 24 },
  { header: 'DTYPE', drop: 1 },
  { header: 'SHAPE', drop: 0 },
  ...NUMBERS,
];

/** A model file's tensors, by layer or each by itself, and what of them is resident. */
export function renderTensors(terminal: Terminal, report: TensorReport, all: boolean): string[] {
  const { file, layers, residency } = report;
  const count = layers.reduce((sum, { tensors }) => sum + tensors.length, 0);
  const sum = numbers(sumOf(layers));
  const total = all ? ['total', '-', formatCount(count), ...sum] : ['total', formatCount(count), '-', ...sum];
  const table = all
    ? renderTable(terminal, TENSOR_COLUMNS, [
        ...layers.flatMap(({ tensors }) => tensors.map(tensorRow)),
        totalRow(total),
      ])
    : renderTable(terminal, LAYER_COLUMNS, [...layers.map(layerRow), totalRow(total)]);
  return [
    ...wrap(printable(file.path), terminal.columns).map((line) => bold(terminal, line)),
    ...wrap(describe(report), terminal.columns).map((line) => dim(terminal, line)),
    ...table,
    ...(residency.state === 'unknown'
      ? [
          ...beside(terminal, 'unknown', printable(residency.reason.message), { keyStyle: warn }),
          ...beside(terminal, '    do:', printable(residency.reason.remedy), { keyStyle: dim }),
        ]
      : []),
  ];
}

function describe({ table }: TensorReport): string {
  const header = `header ${formatBytes(table.headerLength)} of ${formatBytes(table.fileSize)}`;
  if (table.format === 'safetensors') return `safetensors, ${header}`;
  const { version, architecture, name, blockCount, split } = table;
  return [
    `GGUF version ${version}`,
    architecture === null ? undefined : printable(architecture),
    name === null ? undefined : printable(name),
    blockCount === null ? undefined : `${formatCount(blockCount)} layers`,
    split === null || split.count < 2 ? undefined : `part ${split.no + 1} of ${split.count}`,
    header,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

function layerRow(layer: CountedLayer): Row {
  const dtypes = [...new Set(layer.tensors.map(({ dtype }) => dtype))];
  return [layer.name, formatCount(layer.tensors.length), dtypes.join(' '), ...numbers(layer)];
}

function tensorRow(tensor: CountedTensor): Row {
  return [tensor.name, tensor.dtype, tensor.shape.join(' x ') || 'scalar', ...numbers(tensor)];
}

function numbers({ length, resident }: { length: number; resident: number | null }): Cell[] {
  if (resident === null) {
    return [formatBytes(length), { text: 'unknown', style: dim }, { text: 'unknown', style: dim }];
  }
  if (length === 0) return [formatBytes(0), { text: 'empty', style: dim }, { text: 'empty', style: dim }];
  const share = resident / length;
  const style: Style = share === 1 ? good : share > 0 ? warn : dim;
  return [formatBytes(length), formatBytes(resident), { text: formatShare(share), style }];
}
