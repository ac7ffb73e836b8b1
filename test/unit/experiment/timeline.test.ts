import { expect, it } from 'vitest';
import { Timeline } from '../../../lib/experiment/timeline.ts';

it('begins at nothing read, goes on to its end, and leaves unknown what is', async () => {
  let device: number | null = 500;
  const start = performance.now();
  const timeline = new Timeline({
    clock: () => performance.now() - start,
    residentBytes: async () => 7,
    deviceBytes: async () => device,
  });
  await new Promise((wake) => setTimeout(wake, 250));
  device = 800;
  const points = await timeline.stop();
  expect(points.length).toBeGreaterThanOrEqual(2);
  expect(points[0]).toMatchObject({ residentBytes: 7, deviceBytes: 0 });
  expect(points.at(-1)).toMatchObject({ deviceBytes: 300 });
  expect(points.map(({ ms }) => ms)).toEqual(points.map(({ ms }) => ms).sort((a, b) => a - b));
});

it('keeps no more points than can be drawn, evenly over a long time', async () => {
  let ms = 0;
  const timeline = new Timeline({
    // A look that takes no time, on a clock that leaps: pauses are real, so they must be short.
    clock: () => ms++ / 1000,
    residentBytes: async () => null,
    deviceBytes: async () => null,
    pauseMs: 0.01,
  });
  while (ms < 2000) await new Promise((wake) => setTimeout(wake, 5));
  const points = await timeline.stop();
  expect(points.length).toBeLessThanOrEqual(201);
  expect(
    points.every(({ residentBytes, deviceBytes }) => residentBytes === null && deviceBytes === null),
  ).toBe(true);
});
