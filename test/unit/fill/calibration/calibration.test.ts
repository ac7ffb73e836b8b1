import { describe, expect, it } from 'vitest';
import { Calibration, type CalibrationMemory, recall } from '../../../../lib/fill/calibration/calibration.ts';
import type { EngineChoice, PlannedFile } from '../../../../lib/fill/types.ts';

const GIB = 2 ** 30;

const CHOICE: EngineChoice = {
  engine: 'populate',
  streams: 4,
  windowBytes: 2 ** 21,
  smallBytes: 0,
  touch: false,
  calibrate: true,
  why: 'because',
};

function file(dev: bigint, size: number): PlannedFile {
  const extents = [0, size, size];
  const identity = { path: `/${dev}`, dev, ino: 1n, size };
  return {
    file: identity,
    size,
    asked: size,
    alreadyResident: 0,
    source: 'cachestat',
    toRead: size,
    extents,
  };
}

/** Runs all trials on a device that reads at these rates. */
function calibrate(
  memory: CalibrationMemory,
  files: readonly PlannedFile[],
  rates: Readonly<Record<number, number>>,
): { readonly tried: readonly number[]; readonly rest: EngineChoice } | null {
  const calibration = Calibration.begin({ files, choice: CHOICE }, memory);
  if (!calibration) return null;
  const tried: number[] = [];
  for (let slice = calibration.next(); slice; slice = calibration.next()) {
    tried.push(slice.choice.streams);
    if (!calibration.note(rates[slice.choice.streams] ?? 1, false)) break;
  }
  return { tried, rest: calibration.finish().choice };
}

describe('finding out how many streams a device deserves', () => {
  it('takes the number that was best, says why, and remembers it for the device', () => {
    const memory: CalibrationMemory = new Map();
    const found = calibrate(memory, [file(1n, 8 * GIB)], { 4: GIB, 8: 2 * GIB, 16: 2.1 * GIB });
    expect(found?.tried).toEqual([4, 8, 16]);
    expect(found?.rest).toMatchObject({
      streams: 8,
      why: 'because; streams as tried on the first bytes (4: 1.00 GiB/s, 8: 2.00 GiB/s, 16: 2.10 GiB/s)',
    });
    expect(recall(CHOICE, [file(1n, GIB)], memory)).toMatchObject({ streams: 8 });
    expect(recall(CHOICE, [file(2n, GIB)], memory)).toBe(CHOICE);
    expect(calibrate(memory, [file(1n, 8 * GIB)], {})).toBeNull();
  });

  it.for([
    ['too little is to be read', [file(1n, GIB / 2)]],
    ['files lie on several devices', [file(1n, 4 * GIB), file(2n, 4 * GIB)]],
    ['files are small', Array.from({ length: 2000 }, () => file(1n, 2 ** 20))],
  ] as const)('is left alone where %s', ([, files]) => {
    expect(calibrate(new Map(), files, {})).toBeNull();
  });

  it('is left alone where somebody asked for a number', () => {
    const pass = { files: [file(1n, 8 * GIB)], choice: { ...CHOICE, calibrate: false } };
    expect(Calibration.begin(pass, new Map())).toBeNull();
  });

  it('learns nothing from bytes that somebody held back', () => {
    const memory: CalibrationMemory = new Map();
    const calibration = Calibration.begin({ files: [file(1n, 8 * GIB)], choice: CHOICE }, memory);
    calibration?.next();
    expect(calibration?.note(GIB, true)).toBe(false);
    expect(calibration?.finish().choice).toBe(CHOICE);
    expect(memory.size).toBe(0);
  });
});
