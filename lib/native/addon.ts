import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import bindings from 'bindings';
import { WarmsetError } from '../errors.ts';
import type { Addon } from './addon-types.ts';

/**
 * Where the binary may be. `bindings` has a list of its own, in which a stale build/Debug wins over a fresh
 * build/Release; so it gets ours. WARMSET_ADDON names one file: a sanitizer build, say.
 */
function candidates(): string[][] {
  const target = `${process.platform}-${process.arch}`;
  return [
    ['module_root', 'build', 'Release', 'bindings'],
    ['module_root', 'prebuilds', target, 'bindings'],
  ];
}

function load(): Addon {
  const require = createRequire(import.meta.url);
  const override = process.env.WARMSET_ADDON;
  try {
    if (override) return require(override) as Addon;
    const root = dirname(require.resolve('warmset/package.json'));
    return bindings({ bindings: 'warmset.node', module_root: root, try: candidates() }) as Addon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WarmsetError(
      'WARMSET_NATIVE_LOAD',
      `The native part of warmset could not be loaded: ${reason}`,
      {
        cause,
        remedy:
          process.platform === 'linux'
            ? `No binary for ${process.platform}-${process.arch} is here that this Node ${process.version} can load. Build one with \`npm run build:native\` in the package's folder (needs python3, make and a C++20 compiler).`
            : `warmset works on Linux only; this is ${process.platform}.`,
      },
    );
  }
}

let loaded: Addon | undefined;

/** The file that was loaded: `bindings` leaves it on the exports. */
export function addonPath(): string {
  const path: unknown = Reflect.get(addon(), 'path');
  return typeof path === 'string' ? path : (process.env.WARMSET_ADDON ?? '');
}

/** Loaded at the first call, so that `--help` works where the binary doesn't. */
export function addon(): Addon {
  loaded ??= load();
  return loaded;
}
