import { isSystemError, WarmsetError } from '../../../errors.ts';
import { readRange } from '../../../native/read-range.ts';
import { wrongSecret } from './names.ts';
import type { ConnectSecrets } from './options.ts';
import type { ConnectRequest, SecretSource } from './request.ts';

const MOST_BYTES = 4096;

/** @throws WarmsetError `WARMSET_NVMEOF` where a secret isn't there or isn't one; never with any of it in the message. */
export async function readSecrets({ secret, controllerSecret }: ConnectRequest): Promise<ConnectSecrets> {
  return {
    secret: secret === null ? null : await readSecret(secret),
    controllerSecret: controllerSecret === null ? null : await readSecret(controllerSecret),
  };
}

async function readSecret(source: SecretSource): Promise<string> {
  const named = source.from === 'file' ? source.path : `the environment's ${source.name}`;
  const text = source.from === 'file' ? await readFileSecret(source.path) : process.env[source.name];
  if (text === undefined) throw bad(named, 'is not set');
  const wrong = wrongSecret(text.trim());
  if (wrong !== null) throw bad(named, wrong);
  return text.trim();
}

async function readFileSecret(path: string): Promise<string> {
  try {
    return (await readRange(path, { length: MOST_BYTES })).toString('utf8');
  } catch (error) {
    if (isSystemError(error)) throw bad(path, `can't be read (${error.code})`, error);
    throw error;
  }
}

function bad(named: string, what: string, cause?: unknown): WarmsetError {
  return new WarmsetError('WARMSET_NVMEOF', `the DH-HMAC-CHAP secret in ${named} ${what}`, {
    subject: named,
    remedy: 'nvme gen-dhchap-key makes one; the target must know the same',
    cause,
  });
}
