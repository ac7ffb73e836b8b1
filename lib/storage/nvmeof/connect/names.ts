import { isIP } from 'node:net';

/** What names of the fabric may look like. Pure; each says what is wrong, or `null` where nothing is. */

const NQN_BYTES = 223;
const NQN_DATED = /^nqn\.\d{4}-(0[1-9]|1[0-2])\.[A-Za-z0-9][A-Za-z0-9.-]*(:.+)?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UUID_NQN = /^nqn\.2014-08\.org\.nvmexpress:uuid:(.+)$/;

/** NVMe Base Specification, "NVMe Qualified Names". */
export function wrongNqn(nqn: string): string | null {
  if (Buffer.byteLength(nqn) > NQN_BYTES) return `is longer than the ${NQN_BYTES} bytes that an NQN may have`;
  // A comma ends an option where the kernel reads them; blanks and controls end words in logs and tables.
  if (/[\s,\p{Cc}\p{Cf}]/u.test(nqn)) return 'has a comma, a blank or a control character';
  if (!NQN_DATED.test(nqn)) return 'is not of the form nqn.YYYY-MM.DOMAIN:NAME';
  const uuid = UUID_NQN.exec(nqn)?.[1];
  return uuid === undefined || UUID.test(uuid) ? null : 'has something else than a UUID behind uuid:';
}

/** The UUID in a host's NQN: its host ID, as nvme-cli and the kernel take it. */
export function uuidOfNqn(nqn: string): string | null {
  const uuid = UUID_NQN.exec(nqn)?.[1];
  return uuid !== undefined && UUID.test(uuid) ? uuid.toLowerCase() : null;
}

export function wrongHostId(id: string): string | null {
  return UUID.test(id) ? null : 'is not a UUID';
}

/** IPv4, or IPv6 with a zone where it is of the link (`fe80::1%eth0`). */
export function wrongIp(address: string): string | null {
  const [ip = '', zone, ...more] = address.split('%');
  const family = isIP(ip);
  if (family === 0) return 'is neither an IPv4 nor an IPv6 address (names are not resolved here)';
  if (zone === undefined) return null;
  if (family !== 6 || more.length > 0) return 'has a zone where none belongs';
  return wrongInterface(zone) === null ? null : `has a zone that is no interface's name`;
}

const WWN = '0x[0-9a-f]{16}';
const FC = new RegExp(`^nn-${WWN}:pn-${WWN}$`, 'i');

/** `nn-0x<node name>:pn-0x<port name>`. */
export function wrongFibreChannel(address: string): string | null {
  return FC.test(address) ? null : 'is not of the form nn-0x<16 digits>:pn-0x<16 digits>';
}

/** A port. Names of services are not looked up: the kernel takes numbers only. */
export function wrongService(service: string): string | null {
  const port = /^[1-9]\d{0,4}$/.test(service) ? Number(service) : 0;
  return port >= 1 && port <= 65_535 ? null : 'is not a port from 1 to 65535';
}

/** As dev_valid_name() of the kernel has it. */
export function wrongInterface(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return "is no interface's name";
  return /^[^\s/:,\p{Cc}]{1,15}$/u.test(name) && Buffer.byteLength(name) <= 15
    ? null
    : "is no interface's name (at most 15 bytes, none of them a blank, slash, colon or comma)";
}

/** `DHHC-1:<hash>:<base64>:`, as nvme gen-dhchap-key writes it. Says nothing of the secret itself. */
export function wrongSecret(secret: string): string | null {
  const encoded = /^DHHC-1:0[0-3]:([A-Za-z0-9+/]+={0,2}):$/.exec(secret)?.[1];
  if (encoded === undefined) return 'is not of the form DHHC-1:NN:BASE64:';
  // 32, 48 or 64 bytes of key and four of its checksum.
  return [36, 52, 68].includes(Buffer.from(encoded, 'base64').length)
    ? null
    : 'has a key of the wrong length';
}
