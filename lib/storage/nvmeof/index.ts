export {
  applyNvmeofConnect,
  applyNvmeofDisconnect,
  type ConnectWish,
  completeRequest,
  type NvmeofChangeOptions,
  planNvmeofConnect,
  planNvmeofDisconnect,
} from './connect/connect.ts';
export { CANARY_DEFAULTS } from './connect/defaults.ts';
export { type ConnectOption, connectOptions, fabricsLine, nvmeConnectCommand } from './connect/options.ts';
export {
  type ConnectRequest,
  checkRequest,
  type SecretSource,
  TRANSPORTS,
  type Transport,
} from './connect/request.ts';
export { everyController, type NvmeofStatusOptions, readNvmeofStatus } from './status/read-status.ts';
export type {
  ControllerCounters,
  ControllerLog,
  NamespacePath,
  NvmeofController,
  NvmeofStatus,
  NvmeofSubsystem,
  Timeout,
  TransportAddress,
} from './status/types.ts';
