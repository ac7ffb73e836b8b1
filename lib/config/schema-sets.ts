/** What is kept in memory, how much of it, and how it gets there. */
import { z } from 'zod';
import { flag, listOf, name, oneOf, rate, share, size, text, wholeNumber } from './values.ts';

const SMALLEST_PAGE = 4096;

/** A set is named in metrics, events and logs, so names are those that labels of every system take. */
const SET_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const SET = z
  .strictObject({
    name: text(SET_NAME, 'must be lower-case letters, digits and inner hyphens, at most 63').meta({
      description: 'What metrics, events and logs call the set. Each set has a name of its own.',
      examples: ['llama'],
    }),
    targets: listOf(name(), { least: 1 }).meta({
      description:
        'The files, directories, globs and models (`hf:ORG/NAME`, `ollama:NAME`, `llama:ORG/REPO`, `compile-caches`, `python:VENV`) that the set is made of, most urgent first.',
      examples: [['/models/llama']],
    }),
    priority: wholeNumber({})
      .prefault(0)
      .meta({
        description: 'Sets of a higher priority are filled first; equal ones in the order of the file.',
        examples: [10],
      }),
    quota: size()
      .nullable()
      .prefault(null)
      .meta({
        description: 'Most bytes that may be resident of this set; null leaves it to the budget alone.',
        examples: ['40GiB'],
      }),
    order: oneOf(['name', 'load'])
      .prefault('name')
      .meta({
        description:
          'How the files of directories are taken: by name, or what a server reads of the models in them, in its order.',
        examples: ['load'],
      }),
    rules: oneOf(['vllm', 'sglang', 'tensorrt-llm', 'llama.cpp', 'ollama', 'tgi'])
      .nullable()
      .prefault(null)
      .meta({
        description:
          "Whose rules say which files of a model are read, and in which order; null for those of its format's usual server.",
        examples: ['sglang'],
      }),
    exclude: listOf(name())
      .prefault([])
      .meta({
        description: 'Globs of files to leave out.',
        examples: [['**/*.md']],
      }),
    files: flag()
      .prefault(false)
      .meta({
        description: 'Whether metrics have a series for each file of the set.',
        examples: [true],
      }),
  })
  .meta({ description: 'A warm set.' });

export const BUDGET = z
  .strictObject({
    maxBytes: size()
      .nullable()
      .prefault(null)
      .meta({
        description: 'Ceiling on the resident bytes of all sets together; null for no ceiling of its own.',
        examples: ['64GiB'],
      }),
    fractionOfAvailable: share({ least: 1e-6 })
      .prefault(0.5)
      .meta({
        description: 'Share of the available memory that all sets together may take.',
        examples: [0.3, '30%'],
      }),
  })
  .prefault({})
  .meta({ description: 'How many bytes may be resident. The lowest limit binds.' });

export const FILL = z
  .strictObject({
    rate: rate()
      .nullable()
      .prefault(null)
      .meta({
        description: 'Read no faster than this, bytes a second; null leaves the rate to the guard.',
        examples: ['500MiB/s'],
      }),
    engine: oneOf(['populate', 'sendfile', 'read', 'willneed'])
      .optional()
      .meta({
        description: 'How to read. Without it: by what the kernel offers.',
        examples: ['sendfile'],
      }),
    streams: wholeNumber({ least: 1, most: 64 })
      .optional()
      .meta({
        description: 'Stretches read at once, 1 to 64. Without it: 2; 8 for small files, 1 over NVMe/TCP.',
        examples: [4],
      }),
    window: size({ multipleOf: SMALLEST_PAGE })
      .optional()
      .meta({
        description: 'Bytes a call, a multiple of the page size. Without it: 4MiB.',
        examples: ['2MiB'],
      }),
    touch: flag()
      .prefault(true)
      .meta({
        description:
          'Does what the first reader would have to: slow first touches (virtual machines), read-ahead marks.',
        examples: [false],
      }),
    ioClass: oneOf(['idle', 'best-effort', 'none'])
      .prefault('idle')
      .meta({
        description: 'I/O class of the threads that read, as ioprio_set(2) names them.',
        examples: ['best-effort'],
      }),
  })
  .prefault({})
  .meta({ description: 'How missing bytes are read.' });
