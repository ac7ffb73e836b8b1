export { oneDisk, planScheduler, SCHEDULER_KIND } from './plan.ts';
export { type DeviceScheduler, readDeviceSchedulers } from './read.ts';
