export { RockpoolError } from './errors.js';
export { open } from './open.js';
