import type { Rings } from './network.ts';

/** What `ip -json route get` says. Pure. */
export function parseRoute(text: string): {
  readonly device: string | null;
  readonly routeMtu: number | null;
} {
  const [route] = listOf(text);
  if (!isRecord(route) || typeof route.dev !== 'string') return { device: null, routeMtu: null };
  // The name goes into paths and commands.
  const device = /^[^\s/.-][^\s/]{0,14}$/.test(route.dev) ? route.dev : null;
  const [metrics] = Array.isArray(route.metrics) ? route.metrics : [];
  const mtu = isRecord(metrics) ? countOf(metrics.mtu) : null;
  return { device, routeMtu: device === null ? null : mtu };
}

/** What `ethtool --json -g` says. Pure. */
export function parseRings(text: string): Rings | null {
  const [rings] = listOf(text);
  if (!isRecord(rings)) return null;
  return {
    rx: countOf(rings.rx),
    rxMost: countOf(rings['rx-max']),
    tx: countOf(rings.tx),
    txMost: countOf(rings['tx-max']),
  };
}

/** How often each numbered line of /proc/interrupts came, over all processors. Pure. */
export function parseInterrupts(text: string): ReadonlyMap<number, number> {
  const [head = '', ...lines] = text.split('\n');
  const processors = head.split(/\s+/).filter((word) => /^CPU\d+$/.test(word)).length;
  const counts = new Map<number, number>();
  for (const line of lines) {
    const [name = '', ...words] = line.trim().split(/\s+/);
    const number = /^(\d{1,9}):$/.exec(name)?.[1];
    const own = words.slice(0, processors);
    if (number === undefined || own.length < processors || !own.every((word) => /^\d{1,15}$/.test(word)))
      continue;
    counts.set(
      Number(number),
      own.reduce((sum, word) => sum + Number(word), 0),
    );
  }
  return counts;
}

/** `0-3,8` as numbers; `null` for what isn't such a list. Pure. */
export function parseProcessorList(text: string): ReadonlySet<number> | null {
  const found = new Set<number>();
  for (const part of text.trim().split(',')) {
    const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (first === undefined) return null;
    for (let at = Number(first); at <= Number(last ?? first); at += 1) found.add(at);
  }
  return found;
}

function listOf(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
