import { expect, test, vi } from 'vitest';
import { addon } from '../../../lib/native/addon.ts';
import { readText } from '../../../lib/native/read-text.ts';

test('what is asked for in one turn is read by one job, and each gets its own', async () => {
  const readTexts = vi.spyOn(addon(), 'readTexts');
  const [status, absent, version] = await Promise.all(
    ['/proc/self/status', '/proc/self/absent', '/proc/version'].map(readText),
  );
  expect(readTexts).toHaveBeenCalledTimes(1);
  expect(status).toMatch(/^Name:/);
  expect(absent).toMatchObject({ syscall: 'open', errno: -2 });
  expect(version).toMatch(/^Linux/);
  await readText('/proc/version');
  expect(readTexts).toHaveBeenCalledTimes(2);
  readTexts.mockRestore();
});

test('a path with a zero byte is refused to whoever asked', async () => {
  await expect(readText('/proc/\0')).rejects.toThrow();
});
