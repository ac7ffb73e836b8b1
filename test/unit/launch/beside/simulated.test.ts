import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../bench/random.ts';
import { type BesideModel, type BesideRun, BesideSimulation } from '../../../support/simulator/beside.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** A disk of 2 GiB/s, and a loader that maps files and waits for each read-ahead. */
const USUAL: BesideModel = {
  fileBytes: [2 * MIB, GIB, GIB],
  device: 2 * GIB,
  loader: GIB,
  fill: 2 * GIB,
  warm: 8 * GIB,
  together: 1,
  queued: null,
  importMs: 0,
  lookMs: 10,
  order: 'in-order',
  seen: 'file',
  budget: 100 * GIB,
  dropBehind: false,
  way: 'ahead',
  evicted: 0,
};

const simulate = (model: Partial<BesideModel>, filled = true, seed = 1): BesideRun =>
  new BesideSimulation({ ...USUAL, ...model }, createRandom(seed)).run(filled);

const bytesOf = ({ fileBytes }: Pick<BesideModel, 'fileBytes'>): number =>
  fileBytes.reduce((sum, bytes) => sum + bytes, 0);

const rate = (least: number, most: number) =>
  fc.integer({ min: least / MIB, max: most / MIB }).map((mib) => mib * MIB);

/** Machines, loaders and servers that import nothing. */
const drawn = fc.record({
  fileBytes: fc.array(
    fc.integer({ min: 1, max: 400 }).map((windows) => windows * 2 * MIB),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  device: rate(100 * MIB, 4 * GIB),
  loader: rate(30 * MIB, 4 * GIB),
  fill: rate(100 * MIB, 4 * GIB),
  order: fc.constantFrom('in-order' as const, 'backwards' as const, 'scattered' as const),
  seen: fc.constantFrom('position' as const, 'file' as const, 'nothing' as const),
  queued: fc.constantFrom(null, MIB, 16 * MIB),
  lookMs: fc.integer({ min: 2, max: 60 }),
});

describe('a loader with a fill beside it, simulated', () => {
  it('finds everything warm when its imports take as long as the cold read', { timeout: 20_000 }, () => {
    const cold = simulate({}, false);
    const warm = (bytesOf(USUAL) / USUAL.warm) * 1000;
    const importMs = cold.finishedMs;
    const { finishedMs, loaderBytes } = simulate({ importMs });
    expect(loaderBytes).toBe(0);
    expect(finishedMs).toBeLessThanOrEqual((importMs + warm) * 1.1);
  });

  it('is never slower than without, whatever machine and loader', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(drawn, fc.nat(), (model, seed) => {
        const without = simulate(model, false, seed);
        const beside = simulate(model, true, seed);
        // And a few milliseconds for the corners of a simulation that goes in milliseconds.
        expect(beside.finishedMs).toBeLessThanOrEqual(without.finishedMs * 1.02 + 10);
        expect(beside.loaderBytes + beside.fillBytes).toBe(bytesOf(model));
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('is faster where it alone can’t keep the device busy', { timeout: 20_000 }, () => {
    const model = { device: 2 * GIB, loader: 300 * MIB };
    expect(simulate(model).finishedMs).toBeLessThan(simulate(model, false).finishedMs * 0.5);
  });

  it('is left alone at first where it keeps the queue of the device full', { timeout: 20_000 }, () => {
    const model = { device: GIB, loader: GIB, queued: 16 * MIB };
    // Three seconds and a look: then a short load is done, and of a long one little is lost.
    expect(simulate({ ...model, fileBytes: [3 * GIB] }).fillBytes).toBe(0);
    expect(simulate({ ...model, fileBytes: [8 * GIB] }).fillBytes).toBeGreaterThan(0);
    expect(simulate({ ...model, fileBytes: [3 * GIB], queued: MIB }).fillBytes).toBeGreaterThan(0);
  });

  it('has a fill that stops where both lose: a disk that moves its head', { timeout: 20_000 }, () => {
    const model = { fileBytes: [8 * GIB], device: 200 * MIB, loader: 190 * MIB, together: 0.6 };
    const [without, beside] = [simulate(model, false), simulate(model)];
    expect(beside.steps.at(-1)).toMatchObject({ kind: 'end', stopped: 'slow-source' });
    expect(beside.finishedMs).toBeLessThanOrEqual(without.finishedMs * 1.02);
  });

  it('reads nothing again that the kernel took back', { timeout: 20_000 }, () => {
    // A tenth of what comes in is taken back at once.
    const model = { fileBytes: [8 * GIB], device: GIB, importMs: 20_000, evicted: 0.05 };
    const { fillBytes, loaderBytes } = simulate(model);
    // Of a window that was taken back half read there was nothing to be seen.
    expect(fillBytes).toBeLessThanOrEqual(8 * GIB + 16 * MIB);
    expect(fillBytes).toBeGreaterThan(7.9 * GIB);
    expect(loaderBytes).toBeGreaterThan(0);
  });

  it('stays within the budget, dropping behind, however the loader is', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(rate(50 * MIB, 300 * MIB), fc.integer({ min: 128, max: 600 }), (loader, budgetMib) => {
        const budget = budgetMib * MIB;
        const model = {
          way: 'window' as const,
          budget,
          dropBehind: true,
          seen: 'position' as const,
          // What it does with its bytes takes it so long that warm pages are no faster.
          loader,
          warm: loader,
          importMs: 500,
        };
        const { mostResident, loaderBytes, fillBytes } = simulate(model);
        expect(mostResident).toBeLessThanOrEqual(budget);
        expect(loaderBytes + fillBytes).toBe(bytesOf(USUAL));
        // And it is of use.
        expect(fillBytes).toBeGreaterThan(bytesOf(USUAL) / 2);
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it('without dropping goes as far as the budget, and waits for room', { timeout: 20_000 }, () => {
    const budget = 500 * MIB;
    const { mostResident, steps, fillBytes } = simulate({
      way: 'window',
      budget,
      importMs: 5_000,
      seen: 'nothing',
    });
    expect(fillBytes).toBeGreaterThan(budget * 0.9);
    // The loader's own reads are nobody's to hold back.
    const early = steps.slice(0, 4).map((step) => (step.kind === 'wait' ? step.for : step.kind));
    expect(early).toEqual(['fill', 'room', 'room', 'room']);
    expect(mostResident).toBeGreaterThan(budget);
  });
});
