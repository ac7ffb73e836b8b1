/** What a setting should come to. Pure data; the readings decide whether there is anything to do. */
export interface Setting {
  /** As sysctl(8) names it. */
  readonly key: string;
  readonly path: string;
  readonly goal:
    | { readonly kind: 'at-least'; readonly value: number }
    /** Three numbers (least, usual, most): only the last one is raised. */
    | { readonly kind: 'most-at-least'; readonly value: number }
    | { readonly kind: 'exactly'; readonly value: number; readonly only: readonly number[] };
  readonly why: string;
  /** Only where it was asked for. */
  readonly on?: 'busy-poll';
}

/** 16 MiB: what is under way at 25 Gbit/s and 5 ms, or at 100 Gbit/s and 1.3 ms. */
const WINDOW_BYTES = 16 << 20;
const BUSY_MICROSECONDS = 50;

const at = (key: string): Pick<Setting, 'key' | 'path'> => ({
  key,
  path: `/proc/sys/${key.replaceAll('.', '/')}`,
});
const atLeast = (value: number): Setting['goal'] => ({ kind: 'at-least', value });
const mostAtLeast = (value: number): Setting['goal'] => ({ kind: 'most-at-least', value });

export const SETTINGS: readonly Setting[] = [
  {
    ...at('net.core.rmem_max'),
    goal: atLeast(WINDOW_BYTES),
    why: 'how large a receive buffer may be asked for: 16 MiB hold what is under way at 25 Gbit/s and 5 ms',
  },
  {
    ...at('net.core.wmem_max'),
    goal: atLeast(WINDOW_BYTES),
    why: 'the same for what is sent',
  },
  {
    ...at('net.ipv4.tcp_rmem'),
    goal: mostAtLeast(WINDOW_BYTES),
    why: 'up to where TCP lets a window grow by itself; a smaller one ends long reads before the line is full',
  },
  {
    ...at('net.ipv4.tcp_wmem'),
    goal: mostAtLeast(WINDOW_BYTES),
    why: 'the same for what is sent',
  },
  {
    ...at('net.core.netdev_max_backlog'),
    goal: atLeast(5_000),
    why: 'packets that may wait for a processor: a burst that finds no place is lost and sent again',
  },
  {
    ...at('net.ipv4.tcp_mtu_probing'),
    goal: { kind: 'exactly', value: 1, only: [0] },
    why: 'a path on which large packets vanish without a word is found out, instead of a connection that hangs',
  },
  {
    ...at('net.ipv4.tcp_slow_start_after_idle'),
    goal: { kind: 'exactly', value: 0, only: [1] },
    why: 'models are read in bursts: after a pause the next one begins at full speed',
  },
  {
    ...at('net.core.busy_read'),
    goal: atLeast(BUSY_MICROSECONDS),
    why: 'queues that poll look at the network card this long before they sleep: less latency for processor time',
    on: 'busy-poll',
  },
  {
    ...at('net.core.busy_poll'),
    goal: atLeast(BUSY_MICROSECONDS),
    why: 'the same for poll and select',
    on: 'busy-poll',
  },
];

/**
 * What a setting should be, given what it is; `null`: it is good as it is, or not of a kind that is understood.
 * Nothing that is higher is lowered. Pure.
 */
export function wantedValue({ goal }: Setting, now: string): string | null {
  const numbers = now.split(' ');
  if (!numbers.every((one) => /^\d{1,15}$/.test(one))) return null;
  const last = Number(numbers.at(-1));
  switch (goal.kind) {
    case 'at-least':
      return numbers.length === 1 && last < goal.value ? String(goal.value) : null;
    case 'most-at-least':
      return numbers.length === 3 && last < goal.value
        ? [...numbers.slice(0, 2), goal.value].join(' ')
        : null;
    case 'exactly':
      return numbers.length === 1 && goal.only.includes(last) ? String(goal.value) : null;
  }
}
