import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MOST_RANGE_BYTES, readRange } from '../../lib/native/read-range.ts';
import { temporaryDirectory } from '../support/temp.ts';

describe('a range of a file', () => {
  it('has just its bytes, and fewer at the end', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('header');
    await writeFile(path, '0123456789');
    expect(String(await readRange(path, { length: 4 }))).toBe('0123');
    expect(String(await readRange(path, { offset: 8, length: 4 }))).toBe('89');
    expect(await readRange(path, { offset: 10, length: 4 })).toHaveLength(0);
    expect(await readRange(path, { offset: 2 ** 52, length: 4 })).toHaveLength(0);
  });

  it('is refused where it is too long, and fails as Node does where there is no file', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('header');
    await writeFile(path, '0123456789');
    await expect(readRange(path, { length: MOST_RANGE_BYTES + 1 })).rejects.toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
    });
    await expect(readRange(`${path}-absent`, { length: 1 })).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(`${path}-directory`);
    await expect(readRange(`${path}-directory`, { length: 1 })).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
