import { describe, expect, it } from 'vitest';
import { good } from '../../../../lib/cli/render/style.ts';
import { type Column, renderTable, totalRow } from '../../../../lib/cli/render/table.ts';
import { PLAIN, type Terminal } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';

const columns: readonly Column[] = [
  { header: 'FILE', flexible: true },
  { header: 'SIZE', align: 'right', drop: 2 },
  { header: 'RESIDENT', align: 'right' },
  { header: 'PAGES', drop: 1 },
];
const rows = [
  ['/mnt/models/llama/model-00001-of-00002.safetensors', '3.72 GiB', '100 %', { rendered: '##########' }],
  ['/mnt/models/模型/model-00002-of-00002.safetensors', '512 B', '0 %', { rendered: '..........' }],
];

function terminal(width: number): Terminal {
  return { isTTY: true, columns: width, colour: false, unicode: true };
}

describe('renderTable', () => {
  it('cuts nothing in a pipe and keeps columns two spaces apart', () => {
    expect(renderTable(PLAIN, columns, rows)).toEqual([
      'FILE                                                    SIZE  RESIDENT  PAGES',
      '/mnt/models/llama/model-00001-of-00002.safetensors  3.72 GiB     100 %  ##########',
      '/mnt/models/模型/model-00002-of-00002.safetensors      512 B       0 %  ..........',
    ]);
  });

  it('shrinks the path before it drops a column', () => {
    for (const line of renderTable(terminal(60), columns, rows))
      expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(renderTable(terminal(60), columns, rows)[0]).toMatch(/^FILE +SIZE +RESIDENT +PAGES$/);
  });

  it('drops columns in their order, and the others never', () => {
    expect(renderTable(terminal(40), columns, rows)[0]).toMatch(/^FILE +SIZE +RESIDENT$/);
    expect(renderTable(terminal(30), columns, rows)[0]).toMatch(/^FILE +RESIDENT$/);
    expect(renderTable(terminal(5), columns, rows)[0]).toMatch(/^FILE +RESIDENT$/);
  });

  it('fits every width that its fixed columns allow', () => {
    for (let width = 16; width <= 120; width += 1) {
      for (const line of renderTable(terminal(width), columns, rows)) {
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('never cuts a number', () => {
    expect(renderTable(terminal(8), columns, rows)[1]).toMatch(/ 100 %$/);
  });

  it('escapes what comes from outside', () => {
    const lines = renderTable(PLAIN, [{ header: 'FILE' }], [['a\x1b[2J\nb'], [{ text: '\r' }]]);
    expect(lines).toEqual(['FILE', 'a\\x1b[2J\\nb', '\\r']);
  });

  it('dims the header, styles cells without their padding, and makes totals bold', () => {
    const lines = renderTable(
      { ...PLAIN, colour: true },
      [{ header: 'A' }, { header: 'B', align: 'right' }],
      [['file', { text: '1 %', style: good }], totalRow(['all', '100 %'])],
    );
    expect(lines).toEqual([
      '\x1b[2mA\x1b[22m         \x1b[2mB\x1b[22m',
      'file    \x1b[32m1 %\x1b[39m',
      '\x1b[1mall\x1b[22m   \x1b[1m100 %\x1b[22m',
    ]);
  });

  it('leaves cells out of short rows', () => {
    expect(renderTable(PLAIN, [{ header: 'A' }, { header: 'B' }], [['x']])).toEqual(['A  B', 'x']);
  });
});
