import type { Random } from '../../../bench/random.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

export interface DeviceModel {
  /** All channels together, bytes a second. */
  readonly bytesPerSecond: number;
  /** That serve at the same time, each one request after the other. 1: a plain queue. */
  readonly channels: number;
  /** What a read takes beside the transfer, milliseconds: a constant and, exponentially distributed, some more. */
  readonly latencyMs: number;
  readonly jitterMs: number;
}

/** One queue, 2 GiB/s: whoever comes behind a large read waits for all of it. */
export const QUEUE: DeviceModel = { bytesPerSecond: 2 * GIB, channels: 1, latencyMs: 0.15, jitterMs: 0.01 };
/** Sixteen queues, 4 GiB/s, as NVMe has them: small reads slip in between. */
export const CHANNELS: DeviceModel = {
  bytesPerSecond: 4 * GIB,
  channels: 16,
  latencyMs: 0.1,
  jitterMs: 0.01,
};
/** A network volume or a disk: one queue, 150 MiB/s. */
export const SLOW_QUEUE: DeviceModel = {
  bytesPerSecond: 150 * MIB,
  channels: 1,
  latencyMs: 0.5,
  jitterMs: 0.05,
};

const STRIPE = 64 * KIB;

/** Answers reads one after the other on each of its channels. */
export class Device {
  readonly #model: DeviceModel;
  readonly #random: Random;
  readonly #extraMs: (atMs: number) => number;
  readonly #busyUntilMs: number[];

  /** @param extraMs that every read takes longer at that moment, without keeping the device busy (dm-delay). */
  constructor(model: DeviceModel, random: Random, extraMs: (atMs: number) => number) {
    this.#model = model;
    this.#random = random;
    this.#extraMs = extraMs;
    this.#busyUntilMs = Array.from({ length: model.channels }, () => 0);
  }

  /** @returns when a read that is handed in now is done. */
  read(atMs: number, bytes: number): number {
    const { channels, latencyMs, jitterMs } = this.#model;
    const stripe = channels === 1 ? bytes : STRIPE;
    const first = Math.floor(this.#random.next() * channels);
    let doneMs = atMs;
    for (let offset = 0; offset < bytes; offset += stripe) {
      const channel = (first + offset / stripe) % channels;
      doneMs = Math.max(doneMs, this.#transfer(atMs, channel, Math.min(stripe, bytes - offset)));
    }
    return doneMs + latencyMs + this.#extraMs(atMs) - jitterMs * Math.log(1 - this.#random.next());
  }

  #transfer(atMs: number, channel: number, bytes: number): number {
    const { bytesPerSecond, channels } = this.#model;
    const beginMs = Math.max(atMs, this.#busyUntilMs[channel] ?? 0);
    const endMs = beginMs + (bytes / (bytesPerSecond / channels)) * 1000;
    this.#busyUntilMs[channel] = endMs;
    return endMs;
  }
}
