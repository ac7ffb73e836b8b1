import { z } from 'zod';
import { millis, numberAbove, rate, seconds, share, size } from './values.ts';

/** The options of the guard, by the library's names. */
export const GUARD = z
  .union([
    z.literal(false),
    z.strictObject({
      memoryFall: share()
        .prefault(0.2)
        .meta({
          description: 'Share of its baseline that the available memory may fall by before a fill pauses.',
          examples: [0.1],
        }),
      memoryFloorBytes: size({ least: 0 })
        .optional()
        .meta({
          description:
            'Available memory below which a fill pauses. Without it: 1GiB or 5 % of the memory, the smaller.',
          examples: ['2GiB'],
        }),
      cgroupFloorBytes: size({ least: 0 })
        .prefault('64MiB')
        .meta({
          description: 'Bytes that every ancestor cgroup keeps free.',
          examples: ['256MiB'],
        }),
      memoryPressure: share()
        .prefault(0.1)
        .meta({
          description:
            'Share of time that tasks may stand still for want of memory (PSI some) before a fill pauses.',
          examples: [0.05],
        }),
      ioPressure: share()
        .prefault(0.4)
        .meta({
          description: 'Share of time that tasks may stand still for I/O (PSI some) before a fill is slowed.',
          examples: [0.2],
        }),
      readLatencyFactor: numberAbove(1)
        .prefault(2)
        .meta({
          description: "How often its baseline a read's p95 may take. Above 1.",
          examples: [1.5],
        }),
      baselineReadMs: millis()
        .optional()
        .meta({
          description:
            "A read's p95 on the idle device; a number is milliseconds. Without it: measured before the first fill.",
          examples: [0.2],
        }),
      baselineAvailableBytes: size()
        .optional()
        .meta({
          description: 'Available memory to compare with. Without it: measured before the first fill.',
          examples: ['100GiB'],
        }),
      floorBytesPerSecond: rate()
        .optional()
        .meta({
          description:
            'The least that a fill is slowed to. Without it: 5 % of the rate reached unhindered, at least 8MiB/s.',
          examples: ['16MiB/s'],
        }),
      ceilingBytesPerSecond: rate()
        .optional()
        .meta({
          description: 'The most that a fill may read. Without it: unlimited.',
          examples: ['2GiB/s'],
        }),
      stopAfterSeconds: seconds()
        .optional()
        .meta({
          description:
            'How long a fill may pause before it is stopped; a number is seconds. Without it: for ever.',
          examples: ['10m'],
        }),
    }),
  ])
  .prefault({})
  .meta({ description: 'When a fill is slowed, paused or stopped; false switches the guard off.' });
