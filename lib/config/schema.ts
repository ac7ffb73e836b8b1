/** What a keeper can be told. The source of the types, of docs/config.schema.json and of docs/config.md. */
import { z } from 'zod';
import { GUARD } from './schema-guard.ts';
import { BUDGET, FILL, SET } from './schema-sets.ts';
import { absolutePath, address, duration, flag, oneOf, share, wholeNumber } from './values.ts';

// Node's timers fire at once when they are asked for more than 2^31 - 1 ms (24.8 days), and jitter may double these.
const LONGEST_MS = 10 * 86_400_000;
const SHORTEST_MS = 100;

const SWEEP = z
  .strictObject({
    interval: duration({ least: SHORTEST_MS, most: LONGEST_MS })
      .prefault('30s')
      .meta({
        description: 'From the end of one sweep to the next; a number is seconds. 100ms to 10d.',
        examples: ['1m'],
      }),
    jitter: share()
      .prefault(0.1)
      .meta({
        description: 'Share of the interval by which each wait is longer or shorter at random.',
        examples: [0.2],
      }),
  })
  .prefault({})
  .meta({ description: 'How often residency is measured and what is missing filled.' });

const LOCK = z
  .strictObject({
    directory: absolutePath()
      .prefault('/run/warmset')
      .meta({
        description: 'Where the lock is that keeps a node to one keeper. An absolute path.',
        examples: ['/var/lock/warmset'],
      }),
    whenHeld: oneOf(['wait', 'leave'])
      .prefault('wait')
      .meta({
        description: 'What to do while another keeper holds the lock: wait for it, or leave.',
        examples: ['leave'],
      }),
  })
  .prefault({})
  .meta({ description: 'One keeper a node.' });

const SNAPSHOT = z
  .strictObject({
    path: absolutePath().meta({
      description: 'The file that the snapshot is kept in. An absolute path.',
      examples: ['/var/lib/warmset/snapshot'],
    }),
    interval: duration({ least: SHORTEST_MS, most: LONGEST_MS })
      .prefault('10m')
      .meta({
        description: 'How often it is saved; a number is seconds. 100ms to 10d.',
        examples: ['1h'],
      }),
    restoreAtStart: flag()
      .prefault(false)
      .meta({
        description: 'Whether what was resident at the last save is filled first at the start.',
        examples: [true],
      }),
  })
  .nullable()
  .prefault(null)
  .meta({ description: 'Which ranges are resident, saved to a file; null saves nothing.' });

const WATCH = z
  .strictObject({
    pid: wholeNumber({ least: 1, most: 2 ** 22 })
      .optional()
      .meta({
        description: 'The process whose cache hits are estimated.',
        examples: [4711],
      }),
    cgroup: absolutePath()
      .optional()
      .meta({
        description: 'The cgroup whose cache hits are estimated. An absolute path.',
        examples: ['/sys/fs/cgroup/system.slice/vllm.service'],
      }),
  })
  .optional()
  .meta({
    description: 'Whose cache hits are estimated: of one process or of one cgroup. Without it: nobody.',
  });

const LOG = z
  .strictObject({
    format: oneOf(['plain', 'json'])
      .prefault('plain')
      .meta({
        description: 'Lines for people, or JSON for a collector.',
        examples: ['json'],
      }),
    level: oneOf(['debug', 'info', 'warn', 'error'])
      .prefault('info')
      .meta({
        description: 'The least that is worth a line.',
        examples: ['warn'],
      }),
  })
  .prefault({})
  .meta({ description: 'What is written to standard error.' });

const PROBE = z
  .strictObject({
    interval: duration({ least: SHORTEST_MS, most: LONGEST_MS })
      .prefault('30s')
      .meta({
        description: 'How often open, mmap and read latency are measured; a number is seconds. 100ms to 10d.',
        examples: ['5m'],
      }),
    files: wholeNumber({ least: 1, most: 1024 })
      .prefault(8)
      .meta({
        description: 'Files of each set that one measurement looks at, 1 to 1024.',
        examples: [16],
      }),
  })
  .prefault({})
  .meta({ description: 'Measurements that leave nothing behind.' });

export const SCHEMA = z
  .strictObject({
    enabled: flag()
      .prefault(true)
      .meta({
        description:
          'Whether anything is done at all. WARMSET_ENABLED=0 is the rollback flag: it holds even where the file is wrong.',
        examples: [false],
      }),
    sets: z.array(SET).min(1).meta({ description: 'What is kept in memory: at least one set.' }),
    budget: BUDGET,
    guard: GUARD,
    fill: FILL,
    sweep: SWEEP,
    lock: LOCK,
    snapshot: SNAPSHOT,
    listen: address()
      .nullable()
      .prefault(null)
      .meta({
        description:
          'Host and port, or Unix socket, that metrics, health and status are served at; null serves nothing.',
        examples: ['127.0.0.1:9464', '[::1]:9464', 'unix:/run/warmset.sock'],
      }),
    allowRemote: flag()
      .prefault(false)
      .meta({
        description: 'Whether listen may be an address that other hosts can reach.',
        examples: [true],
      }),
    watch: WATCH,
    log: LOG,
    probe: PROBE,
    deadline: duration({ least: 1, most: LONGEST_MS })
      .nullable()
      .prefault(null)
      .meta({
        description:
          'How long --once may take; a number is seconds, at most 10d. null for as long as it takes.',
        examples: ['5m'],
      }),
    share: share()
      .prefault(1)
      .meta({
        description: 'Share of the bytes that must be resident for --once to succeed.',
        examples: [0.95],
      }),
  })
  .meta({ title: 'warmset.yaml', description: 'The configuration of a warmset keeper.' });

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/**
 * A whole configuration, defaults filled in. Sizes are bytes, rates bytes a second, durations milliseconds (but
 * `stopAfterSeconds`), shares 0 to 1. `null` switches something off; what is absent is decided when it is needed.
 */
export type Config = DeepReadonly<z.output<typeof SCHEMA>>;
export type SetConfig = Config['sets'][number];
