import { z } from 'zod';
import { PATH } from '../../../change/index.ts';
import { WarmsetError } from '../../../errors.ts';
import type { ConnectRequest } from '../connect/request.ts';

const LINE = /^[^\p{Cc}]+$/u;
/** In mount options a comma or a colon ends a directory's name, and mount(8) has no way to say otherwise that all versions know. */
const LAYER = PATH.refine(
  (path) => LINE.test(path) && !/[,:\\]/.test(path),
  'must have no comma, colon or backslash',
);
const PLACE = PATH.refine((path) => LINE.test(path) && path !== '/', 'must be a directory other than /');

const MOUNT = z.strictObject({
  /** The disk: `/dev/disk/by-id/…`, or another name that doesn't change with the order of connecting. */
  what: PATH.refine((path) => path.startsWith('/dev/') && LINE.test(path), 'must be a device below /dev'),
  where: PLACE,
  type: z.string().regex(/^[a-z0-9]{1,20}$/),
  /** Of the filesystem, such as `ro`; `_netdev` and `nofail` are added. */
  options: z.array(z.string().regex(/^[^\p{Cc}\s,]+$/u)).max(32),
});

const OVERLAY = z.strictObject({ lower: LAYER, upper: LAYER, work: LAYER, where: PLACE });

export const UNITS_WISH = z.strictObject({
  /** The disk of the connection; `null`: it is only connected. */
  mount: MOUNT.nullable(),
  overlay: OVERLAY.nullable(),
  /** Services that wait for what was mounted and stop before it goes, such as `warmset-keep@models.service`. */
  users: z.array(z.string().regex(/^[A-Za-z0-9:_.\\@-]{1,200}\.service$/)).max(32),
});

export type UnitsWish = z.infer<typeof UNITS_WISH>;

export interface UnitsRequest extends UnitsWish {
  readonly connection: ConnectRequest;
  /** Of warmset, as systemd starts it: an absolute path and arguments. */
  readonly program: readonly string[];
}

const OPTION_OF: Readonly<Record<string, string>> = {
  'mount.what': '--what',
  'mount.where': '--where',
  'mount.type': '--type',
  'mount.options': '--mount-options',
  'overlay.where': '--overlay',
  'overlay.upper': '--upper',
  'overlay.work': '--work',
  'overlay.lower': '--lower',
  users: '--before-service',
};

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` with the option that is wrong. */
export function checkUnits(wish: UnitsWish): UnitsWish {
  const read = UNITS_WISH.safeParse(wish);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const names = issue?.path.filter((part) => typeof part === 'string') ?? [];
  const option = OPTION_OF[names.slice(0, 2).join('.')] ?? names.join('.');
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${option}: ${issue?.message ?? 'it is wrong'}`, {
    subject: option,
    remedy: 'see warmset nvmeof units --help',
  });
}
