export { fillBeside } from './fill-beside.ts';
