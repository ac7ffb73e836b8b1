import { request } from 'node:http';
import type { Config } from '../../config/index.ts';
import { WarmsetError } from '../../errors.ts';
import type { KeeperHealth } from '../../keeper/index.ts';
import { formatListen, type ListenAddress } from '../../listen-address.ts';
import type { KeeperView, SeedNames } from '../../metrics/index.ts';

/** The document `warmset.keep/1`. */
export type KeepStatus = KeeperView & SeedNames & { readonly schema: string; readonly health: KeeperHealth };

const SCHEMA = 'warmset.keep/1';
const TIMEOUT_MS = 5_000;
// A hundred thousand files are 30 MB.
const MOST_BYTES = 256 * 1024 * 1024;

/** Every address of the host is none to connect to. */
const ANYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Asks the keeper that listens where the configuration says. @throws WarmsetError `WARMSET_LISTEN` */
export async function askKeeper(listen: Config['listen'], signal: AbortSignal): Promise<KeepStatus> {
  if (listen === null) {
    throw new WarmsetError(
      'WARMSET_BAD_ARGUMENT',
      'the configuration has no address that a keeper listens at',
      {
        remedy: 'give listen in the configuration, or --listen 127.0.0.1:9464',
      },
    );
  }
  const text = await fetchText(reachable(listen), signal);
  const document = parse(text);
  if (document !== null) return document;
  throw new WarmsetError(
    'WARMSET_LISTEN',
    `what listens at ${formatListen(listen)} is no keeper of this version`,
    {
      subject: formatListen(listen),
      remedy: 'give the address of a keeper with --listen',
    },
  );
}

function reachable(listen: ListenAddress): ListenAddress {
  return 'host' in listen ? { ...listen, host: ANYWHERE[listen.host] ?? listen.host } : listen;
}

function parse(text: string): KeepStatus | null {
  try {
    const value: unknown = JSON.parse(text);
    const fits = typeof value === 'object' && value !== null && 'schema' in value && value.schema === SCHEMA;
    return fits ? (value as KeepStatus) : null;
  } catch {
    return null;
  }
}

function fetchText(address: ListenAddress, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      const where = formatListen(address);
      reject(
        new WarmsetError(
          'WARMSET_LISTEN',
          `no keeper answers at ${where}: ${cause.message || String(cause)}`,
          {
            subject: where,
            remedy: 'see that warmset keep runs and listens there',
          },
        ),
      );
    };
    const asked = request({ ...address, path: '/status.json', signal, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > MOST_BYTES) asked.destroy(new Error('its answer is too long'));
      });
      response.on('error', fail);
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    asked.on('timeout', () => asked.destroy(new Error(`nothing came for ${TIMEOUT_MS / 1000} s`)));
    asked.on('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else fail(error);
    });
    asked.end();
  });
}
